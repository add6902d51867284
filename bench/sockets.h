/*
 * sockets: sockets of 127.0.0.1 as the benchmark's programs need them. What fails ends the program.
 */
#ifndef LURE_BENCH_SOCKETS_H
#define LURE_BENCH_SOCKETS_H

/* Says what has failed, and why (errno). */
_Noreturn void sockets_die(const char *what);

/* One that does not block, for connections. */
int sockets_listener(unsigned short port);

/* One that gets messages. */
int sockets_receiver(unsigned short port);

/* A connection, SOCK_STREAM, or a socket whose messages go there, SOCK_DGRAM. Tries until somebody listens,
 * for at most ten seconds. */
int sockets_connect(int type, unsigned short port);

#endif
