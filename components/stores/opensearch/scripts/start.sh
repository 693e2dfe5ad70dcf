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
# OpenSearch reads the key of a storage that is not AWS's from its keystore alone, which lies in the pod's own folder.
if [[ -n "${AWS_ACCESS_KEY_ID:-}" ]]; then
  keystore() { OPENSEARCH_JAVA_OPTS=-Xmx64m "${home}/bin/opensearch-keystore" "$@"; }
  [[ -f "${home}/config/opensearch.keystore" ]] || keystore create
  printf '%s' "${AWS_ACCESS_KEY_ID}" | keystore add --stdin --force s3.client.default.access_key
  printf '%s' "${AWS_SECRET_ACCESS_KEY}" | keystore add --stdin --force s3.client.default.secret_key
fi
# Java trusts what lies in a store of its own: public authorities, and here that of the storage's endpoint as well.
if [[ -n "${AWS_CA_BUNDLE:-}" ]]; then
  java=${OPENSEARCH_JAVA_HOME:-${JAVA_HOME:-${home}/jdk}}
  trusted=${home}/config/authorities.p12
  cp "${java}/lib/security/cacerts" "${trusted}"
  chmod u+w "${trusted}"
  number=0
  certificate=""
  # keytool takes one certificate at a time.
  while IFS= read -r line || [[ -n ${line} ]]; do
    certificate+=${line}$'\n'
    if [[ ${line} == "-----END CERTIFICATE-----" ]]; then
      number=$((number + 1))
      "${java}/bin/keytool" -importcert -noprompt -keystore "${trusted}" -storepass changeit \
        -alias "object-store-${number}" <<<"${certificate}"
      certificate=""
    fi
  done <"${AWS_CA_BUNDLE}"
  OPENSEARCH_JAVA_OPTS+=" -Djavax.net.ssl.trustStore=${trusted} -Djavax.net.ssl.trustStorePassword=changeit"
  export OPENSEARCH_JAVA_OPTS
fi
# Native libraries of the k-NN plugin; the image's own entrypoint, which would set this, keeps a shell as process 1.
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+${LD_LIBRARY_PATH}:}${home}/plugins/opensearch-knn/lib"
exec "${home}/bin/opensearch" ${bootstrap[@]+"${bootstrap[@]}"}
