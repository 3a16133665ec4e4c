"""Certificates for every point of a scan: theorems in doubles, and balls where these do not decide."""
