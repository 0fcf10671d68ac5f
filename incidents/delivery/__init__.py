"""What goes out of the house by itself: webhooks, signed, to addresses that somebody else chose."""
