"""Runs a command where DNS never answers: silentdns.py RESOLV_CONF COMMAND...

To be started in namespaces of its own for the network and for mounts. Whatever is asked at 127.0.0.1 stays unanswered.
"""
import fcntl, socket, struct, subprocess, sys

stream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(stream, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: up and running
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.1", 53))
with open(sys.argv[1], "w") as file:
    file.write("nameserver 127.0.0.1\n")
subprocess.check_call(["mount", "--bind", sys.argv[1], "/etc/resolv.conf"])
sys.exit(subprocess.call(sys.argv[2:]))
