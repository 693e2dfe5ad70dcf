#!/bin/bash
# Starts the node in place of this shell, so that the JVM itself receives SIGTERM and closes its shards.
# The initial managers are named only while no bootstrap record exists: a node with an empty volume then joins the
# cluster that was founded, and can never found a second one.
set -euo pipefail

home=${OPENSEARCH_HOME:-/usr/share/opensearch}
record=${BALLAST_BOOTSTRAP:-/etc/ballast/bootstrap}/cluster_uuid
bootstrap=()
if [[ -n "${BALLAST_INITIAL_MANAGERS:-}" && ! -s "${record}" ]]; then
  bootstrap=("-Ecluster.initial_cluster_manager_nodes=${BALLAST_INITIAL_MANAGERS}")
fi
# Native libraries of the k-NN plugin; the image's own entrypoint, which would set this, keeps a shell as process 1.
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+${LD_LIBRARY_PATH}:}${home}/plugins/opensearch-knn/lib"
exec "${home}/bin/opensearch" ${bootstrap[@]+"${bootstrap[@]}"}
