"""Small implementations: an honest one, and copies of it that are wrong in one corner."""
