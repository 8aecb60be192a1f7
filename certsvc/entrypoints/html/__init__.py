"""Pages that people work in, rendered at the server: what console and portal share. Knows neither of them."""
