#!/usr/bin/env bash
# engine_root.sh TREE RUN: run dockerd out of the Debian in TREE, listening on RUN/docker.sock, while anybody uses it.
#
# Has to be started as the first process of new mount and PID namespaces (unshare --mount --pid --fork --kill-child):
# what it mounts is seen by nobody else, and when it ends, the kernel ends all that it started.
#
# It ends when the last user has gone. A user holds a shared lock on RUN/users.lock, which no way of dying can keep.
# Until it has ended it holds RUN/engine.lock.
set -euo pipefail
tree=$1
run=$2
bridge=stepper0
table=stepper_engine

exec 8<>"$run/users.lock" 9<>"$run/engine.lock"
flock -n 9

# The tree becomes the root by pivot_root: under a chroot BuildKit cannot remount it, and what is executed in a container
# ends up in this machine's root instead of the container's.
mount --bind "$tree" "$tree"
cd "$tree"
mkdir -p .old etc/ssl/certs
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mkdir run/lock run/stepper
mount --bind "$run" run/stepper
# Under its name on this machine too: what lies beside the socket can be mounted into containers, as the socket for an
# SSH agent is.
mkdir -p "./$run"
mount --bind "$run" "./$run"
for file in etc/resolv.conf etc/hosts etc/ssl/certs/ca-certificates.crt; do
    if [ -e "/$file" ]; then cp -L "/$file" "$file"; fi
done
pivot_root . .old
cd /
umount -l /.old
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
hash -r

# The network is this machine's own. Docker's rules in its packet filter would outlive the daemon and overwrite those of
# another one, so the daemon writes none: a bridge and a table of our own take their place, and both are easily removed.
network_down() {
    ip link delete "$bridge" 2>/dev/null || true
    nft delete table ip "$table" 2>/dev/null || true
}
network_up() {
    local net
    for net in 172.{28,29,30,31,27,26,25,24}.213; do
        [ -n "$(ip -4 route show to match "$net.0/24" | grep -v '^default')" ] || break
    done
    ip link add name "$bridge" type bridge
    ip address add "$net.1/24" dev "$bridge"
    ip link set "$bridge" up
    nft add table ip "$table" &&
        nft add chain ip "$table" outgoing '{ type nat hook postrouting priority srcnat; }' &&
        nft add rule ip "$table" outgoing ip saddr "$net.0/24" oifname != "$bridge" masquerade ||
        echo "no address translation: only --network host reaches the network"
}
forwarding=$(cat /proc/sys/net/ipv4/ip_forward)
network_down
network_up

dockerd --host unix:///run/stepper/docker.sock --bridge "$bridge" --iptables=false --ip6tables=false \
    --shutdown-timeout 2 8<&- 9<&- &
daemon=$!
flock -x 8 9<&- &
wait -n "$daemon" $! || true

# What still runs in a container (in another PID namespace) has nobody left to run for; the daemon would give it 10 seconds.
for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/ns/pid")" != "$(readlink /proc/1/ns/pid)" ]; then
        kill -KILL "${process#/proc/}" 2>/dev/null || true
    fi
done
kill -TERM "$daemon" 2>/dev/null || true
for ((tenths = 0; tenths < 200; tenths++)); do
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
done
network_down
echo "$forwarding" >/proc/sys/net/ipv4/ip_forward
rm -f /run/stepper/docker.sock
