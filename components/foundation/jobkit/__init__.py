"""What job programs stand on: standard library only, shipped as a ConfigMap beside the programs themselves."""
