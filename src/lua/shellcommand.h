/*
 * shellcommand: runs a shell command for os.execute, in place of C's system().
 *
 * system() ignores SIGINT and SIGQUIT in the whole process, and blocks SIGCHLD in the calling thread, until
 * the command has ended: a host could not be interrupted meanwhile. This changes nothing in the process. The
 * command inherits what it would from system(): environment, files, signal mask. A signal that comes
 * meanwhile goes to its handler, and the wait goes on.
 *
 * Force-included when Lua's loslib.c is compiled. Any thread may call it.
 */
#ifndef LURE_LUA_SHELLCOMMAND_H
#define LURE_LUA_SHELLCOMMAND_H

/* The status as waitpid has it; -1: errno says why it could not be run. NULL: is there a shell? */
int command_run(const char *command);

#define l_system(command) command_run(command)

#endif
