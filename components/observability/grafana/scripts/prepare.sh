#!/bin/sh
# Before Grafana starts: a key for its database, made once, and the password of `admin`, which Grafana itself takes
# from its configuration on the very first start only.
set -eu

data=${BALLAST_DATA:-/var/lib/grafana}
password=${BALLAST_ADMIN_PASSWORD:-/etc/ballast/admin/password}
configuration=${GF_PATHS_CONFIG:-/etc/ballast/grafana/grafana.ini}

if [ ! -s "${data}/secret-key" ]; then
  if [ -s "${data}/grafana.db" ]; then
    echo "${data}/grafana.db is there and ${data}/secret-key is not: another key could read nothing that Grafana has" \
      "encrypted, so nothing was started. Bring the key back from where the database came from." >&2
    exit 1
  fi
  umask 077
  # Under another name first: a key cut short by a power failure would look like one.
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"${data}/secret-key.new"
  if [ "$(wc -c <"${data}/secret-key.new")" -ne 64 ]; then
    echo "no key of 64 digits could be written to ${data}/secret-key.new: nothing was started" >&2
    exit 1
  fi
  mv "${data}/secret-key.new" "${data}/secret-key"
fi

if [ -s "${data}/grafana.db" ]; then
  # People see their dashboards with the old password too: a failure is told and stops nothing.
  grafana cli --homepath "${GF_PATHS_HOME:-/usr/share/grafana}" --config "${configuration}" \
    admin reset-admin-password --password-from-stdin <"${password}" ||
    echo "the password of admin could not be set anew: the one before it still holds" >&2
fi
