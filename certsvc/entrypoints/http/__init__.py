"""What every HTTP face needs: security headers, request numbers, problems, bounded bodies. Knows none of the faces."""
