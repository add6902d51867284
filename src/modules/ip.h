/*
 * modules/ip: the module lure.ip: addresses and networks as texts, and sets of networks.
 *
 *   lure.ip.parse(text) -> { address, version, port, zone, mapped }; nil, why
 *   lure.ip.network(text) -> { network, address, bits, last, version }; nil, why
 *   lure.ip.set(list), or the three values of a generic `for` -> set
 *   set:contains(text) -> value of the smallest network, nil; nil, why
 *   #set
 */
#ifndef LURE_MODULES_IP_H
#define LURE_MODULES_IP_H

#include <lua.h>

/* Opens the module; upvalue 2, a light userdata: the memory budget of the state. Stack: [...] -> [module] */
int luaopen_lure_ip(lua_State *L);

#endif
