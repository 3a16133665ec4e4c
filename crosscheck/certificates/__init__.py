"""One room for each certificate: what is asked of a model, by which mathematics, and with what error."""
