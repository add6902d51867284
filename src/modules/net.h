/*
 * net: the module lure.net: sockets that tasks wait for.
 *
 *   lure.net.listen(address [, options]) -> listener      udp, tcp, unix, unixgram (modules/listener.h)
 *   lure.net.connect(address [, options]) -> connection   tcp, unix (modules/connection.h)
 */
#ifndef LURE_MODULES_NET_H
#define LURE_MODULES_NET_H

#include <lua.h>

/* For package.preload. Upvalue 1: the log of the state, a light userdata. Stack: [...] -> [..., module] */
int luaopen_lure_net(lua_State *L);

#endif
