/*
 * luaconflict: the Luas of this process, and whether ours may be the one that C modules find.
 *
 * A C module needs lua_*, and finds what the whole process sees. So, for the first C module, our
 * library is made visible to the whole process (and stays loaded from then on). That is for
 * processes without another Lua only: a Lua of theirs that calls itself by way of the loader,
 * as Debian's do, would find ours from then on, too.
 */
#ifndef LURE_SCRIPT_LUACONFLICT_H
#define LURE_SCRIPT_LUACONFLICT_H

/* Makes lua_* visible to modules that are loaded from now on. NULL: done; else why that cannot be. */
const char *luaconflict_make_visible(void);

#endif
