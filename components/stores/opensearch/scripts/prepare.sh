#!/bin/bash
# Lays out the configuration folder: the root file system is read-only and OpenSearch writes its keystore there.
# The image's files come first (JVM flags, logging), then ours; of the image's security files none may stay,
# because they hold demo users.
set -euo pipefail

image=${OPENSEARCH_HOME:-/usr/share/opensearch}/config
ours=${BALLAST_CONFIGURATION:-/etc/ballast/opensearch}
target=${BALLAST_TARGET:-/config}

cp -R "${image}/." "${target}/"
rm -rf "${target}/opensearch-security"
mkdir -p "${target}/opensearch-security" "${target}/tls/transport" "${target}/tls/http"
cp "${ours}/opensearch.yml" "${target}/opensearch.yml"
cp "${ours}"/security/*.yml "${target}/opensearch-security/"
