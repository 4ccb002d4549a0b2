"""Who follows, saves and likes what, and what people are told of."""
