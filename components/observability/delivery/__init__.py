"""What is declared, on its way into the cluster."""
