"""Reports of suspected fakes."""
