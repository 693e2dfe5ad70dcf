#!/bin/bash
# Starts Qdrant in place of this shell, so that Qdrant itself receives SIGTERM: the image's own entrypoint is killed
# within milliseconds, and Qdrant with it. One command for every pod; who founds and who joins is decided here.
set -euo pipefail

home=${QDRANT_HOME:-/qdrant}
storage=${BALLAST_STORAGE:-${home}/storage}
founded=${BALLAST_BOOTSTRAP:-/etc/ballast/bootstrap}/first_peer
removed=${BALLAST_REMOVED:-/etc/ballast/removed}
# A file and no variable: one more node must not be a new template, and so a restart, of all others.
nodes=$(<"${BALLAST_SIZE:-/etc/ballast/size}/nodes")
port=${BALLAST_P2P_PORT:-6335}
state=${storage}/raft_state.json
set_name=${POD_NAME%-*}
ordinal=${POD_NAME##*-}

host() { echo "${set_name}-$1.${BALLAST_SERVICE}"; }
uri() { echo "${BALLAST_SCHEME}://$(host "$1"):${port}"; }

# A packet that nobody answers would hold the shell for minutes: three seconds are enough inside one cluster.
accepts() { timeout 3 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$(host "$1")" "${port}" 2>/dev/null; }

# A peer that was taken out of the cluster can't come back under its old id, and its files would only disturb the new
# one. They are kept; the state goes last, so that a move that was interrupted is continued.
set_aside() {
  local folder entry
  folder=${storage}/removed-$(date -u +%Y%m%dT%H%M%SZ)-peer-$1
  mkdir -p "${folder}"
  for entry in "${storage}"/* "${storage}"/.[!.]*; do
    case ${entry##*/} in
      removed-* | lost+found | raft_state.json) continue ;;
    esac
    [[ -e ${entry} ]] && mv "${entry}" "${folder}/"
  done
  mv "${state}" "${folder}/"
  echo "peer $1 was removed from the cluster: its files are kept in ${folder}, and this node joins anew"
}

if [[ -e ${state} ]]; then
  if [[ $(<"${state}") =~ \"this_peer_id\"[[:space:]]*:[[:space:]]*([0-9]+) ]]; then
    peer=${BASH_REMATCH[1]}
    # An empty note was taken back: the removal was refused, and the peer is a member still.
    if [[ -s ${removed}/${peer} ]]; then
      set_aside "${peer}"
    fi
  fi
fi

bootstrap=""
if [[ ${ordinal} == 0 && ! -s ${founded} ]]; then
  # Its own address makes ordinal 0 the first peer.
  bootstrap=$(uri 0)
elif [[ -e ${state} ]]; then
  # Qdrant looks at the address only while its state knows no voter, as a join that was refused leaves it. Ordinal 0
  # would then found a second, empty cluster at its own address, so in a founded cluster it is given another's.
  bootstrap=$(uri $((ordinal == 0 && nodes > 1)))
elif ((nodes == 1)); then
  echo "this cluster of one node was founded before (first peer $(<"${founded}")) and the volume ${storage} is empty:" \
    "nothing was started. Bring the volume back; or, to begin anew on purpose, delete the bootstrap record and restore" \
    "a snapshot afterwards." >&2
  exit 1
fi

while [[ -z ${bootstrap} ]]; do
  for ((other = 0; other < nodes; other++)); do
    if ((other != ordinal)) && accepts "${other}"; then
      bootstrap=$(uri "${other}")
      break
    fi
  done
  if [[ -z ${bootstrap} ]]; then
    echo "this node has an empty volume and joins: waiting for a peer that accepts connections on port ${port}"
    sleep 1
  fi
done

# Qdrant expects the folder for its temporary files to be there.
mkdir -p "${BALLAST_TEMPORARY:-${home}/snapshots/.tmp}"
# Every segment of every collection holds files open.
ulimit -n "$(ulimit -Hn)"
cd "${home}"
exec ./qdrant --bootstrap "${bootstrap}" --uri "$(uri "${ordinal}")"
