"""What stores stand on in AWS: buckets, keys and roles."""
