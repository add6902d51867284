/*
 * screensignals: signals while the program has the terminal's other screen, so that the terminal is as before
 * wherever the program stops or ends.
 *
 * Ctrl-Z (SIGTSTP) takes the terminal out of it and stops the program as usual. Ctrl-\ (SIGQUIT), and the
 * signals of a crash, do the same and end it. Signals that somebody else handles, or ignores, are left alone.
 * The functions of `lure.system`:
 *
 *   restore_terminal(text)      from now on `text` is written to standard output then; "": no more
 *   has_stopped() -> stopped, left      was the program stopped, and goes on, since this was asked last?
 * left: and the text was written before is_foreground(descriptor)   may the program write to that terminal?
 * (also true if it is none)
 *
 * Threads: one calls these functions; a signal may arrive on any.
 */
#ifndef LURE_CLI_SCREENSIGNALS_H
#define LURE_CLI_SCREENSIGNALS_H

#include <lua.h>

/* Writes what takes the terminal out of it, if anything does. For handlers of signals, too. */
void screen_restore(void);

int screen_restore_terminal_lj(lua_State *L);
int screen_has_stopped_lj(lua_State *L);
int screen_is_foreground_lj(lua_State *L);

#endif
