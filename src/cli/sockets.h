/*
 * sockets: the other end of what scripts listen and connect at, for specs of `lure test`.
 *
 * The Lua module `lure.sockets`. Addresses are those of lure.net, with numbers in the place of names:
 *
 *   connect(address) -> socket | nil, message     udp, tcp, unix, unixgram
 *   listen(address) -> socket | nil, message      tcp; port 0: one that is free
 *   socket:accept() -> socket | nil               nil: nobody has connected
 *   socket:send(text) -> count | nil, message     0: there is no room now
 *   socket:receive() -> text | nil | nil, message nil: there is nothing now; "": the end
 *   socket:port() -> integer                      its own
 *   socket:close()
 *
 * None but connect waits; that does so until the other system has accepted, which on the same machine is at
 * once.
 */
#ifndef LURE_CLI_SOCKETS_H
#define LURE_CLI_SOCKETS_H

#include <lua.h>

LUAMOD_API int luaopen_lure_sockets(lua_State *L);

#endif
