"""What every workload stands on: the guarded provider, namespaces, images, pods, connections, jobs and `keep`."""
