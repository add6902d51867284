# Writes OUTPUT, a source file of LPeg's (INPUT) with our changes, by the file's name:
#
#  - what it does is charged to the time budget, and it cannot overflow the C stack (src/lua/lpegsteps.h)
#  - sizes of patterns, and Lua's stack where captures are nested, cannot overflow
#  - code is memory of Lua's, so that patterns need no finalizer, without which an emergency collection frees none
#  - a pattern whose compilation was ended by an error is compiled anew, not run as far as it got
#  - what prints trees and code to standard output is left out
#  - `re` gets the operators of patterns, whose metatable scripts cannot reach

file(READ ${INPUT} text)
get_filename_component(name ${INPUT} NAME)

# change(OLD NEW): in `text`
function(change old new)
  string(REPLACE "${old}" "${new}" changed "${text}")
  if(changed STREQUAL text)
    message(FATAL_ERROR "${INPUT} has no \"${old}\": it is not of an LPeg that lure knows")
  endif()
  set(text "${changed}" PARENT_SCOPE)
endfunction()

if(name STREQUAL lptree.h)
  change([[  union Instruction *code;
]] [[  union Instruction *code;
  int whole;  /* 'code' is complete */
]])
elseif(name STREQUAL lptree.c)
  change([[#include "lauxlib.h"
]] [[#include "lauxlib.h"
#include "lua/lpegsteps.h"
]])
  change([[ tailcall:
]] [[ tailcall:
  lpegsteps_node_lj();
]])
  change([[    memmove(sib1(tree), sib1(t1), n11size * sizeof(TTree)); /* move t11 */
]] [[    lpegsteps_nodes_lj(n11size / 32 + 1);
    memmove(sib1(tree), sib1(t1), n11size * sizeof(TTree)); /* move t11 */
]])
  change([[  if (n1 == 0) return 0;  /* nothing to correct */
]] [[  if (n1 == 0) return 0;  /* nothing to correct */
  budget_charge_lj(L, (size_t)n1 * 8);
]])
  # sizes
  change([[  size_t size = offsetof(Pattern, tree) + len * sizeof(TTree);
  Pattern *p = (Pattern *)lua_newuserdata(L, size);
]] [[  size_t size;
  Pattern *p;
  if (len < 1 || len > LPEG_MOST_NODES) luaL_error(L, "pattern is too large");
  size = offsetof(Pattern, tree) + len * sizeof(TTree);
  budget_charge_lj(L, 100 + (size_t)len);
  p = (Pattern *)lua_newuserdatauv(L, size, 2);
]])
  change([[  p->code = NULL;
  return p->tree;]] [[  p->code = NULL;
  p->whole = 0;
  return p->tree;]])
  change([[  if (n == 0)
    return newleaf(L, TTrue);]] [[  if (n > LPEG_MOST_NODES / 2 || n < -(LPEG_MOST_NODES / 2)) luaL_error(L, "pattern is too large");
  if (n == 0)
    return newleaf(L, TTrue);]])
  change([[  TTree *tree;
  switch (lua_type(L, idx)) {]] [[  TTree *tree;
  lpegsteps_enter(L);
  switch (lua_type(L, idx)) {]])
  change([[      if (slen == 0)  /* empty? */]] [[      if (slen > LPEG_MOST_NODES / 2) luaL_error(L, "pattern is too large");
      if (slen == 0)  /* empty? */]])
  change([[      int n = lua_tointeger(L, idx);
]] [[      lua_Integer wide = lua_tointeger(L, idx);
      int n = wide < INT_MIN / 2 ? INT_MIN / 2 : wide > INT_MAX / 2 ? INT_MAX / 2 : (int)wide;
]])
  change([[  int n = (int)luaL_checkinteger(L, 2);
  TTree *tree1 = getpatt(L, 1, &size1);
]] [[  lua_Integer wide = luaL_checkinteger(L, 2);
  int n = (int)wide;
  TTree *tree1 = getpatt(L, 1, &size1);
  if (wide < -LPEG_MOST_NODES || wide > LPEG_MOST_NODES ||
      ((wide < 0 ? -wide : wide) + 1) * ((lua_Integer)size1 + 3) > LPEG_MOST_NODES)
    luaL_error(L, "pattern is too large");
]])
  change([[  clearset(buff);
  while (l--) {]] [[  clearset(buff);
  budget_charge_lj(L, l);
  while (l--) {]])
  # recursive functions run behind code of the script
  change([[  TTree *g = newtree(L, treesize);
]] [[  TTree *g = newtree(L, treesize);
  lpegsteps_enter(L);
]])
  change([[  lua_getuservalue(L, idx);  /* push 'ktable' (may be used by 'finalfix') */
]] [[  Instruction *code;
  lpegsteps_enter(L);
  lua_getuservalue(L, idx);  /* push 'ktable' (may be used by 'finalfix') */
]])
  change([[  return compile(L, p, getsize(L, idx));
]] [[  code = compile(L, p, getsize(L, idx));
  p->whole = 1;
  return code;
]])
  change([[(p->code != NULL) ? p->code : prepcompile(L, p, 1);]] [[p->whole ? p->code : prepcompile(L, p, 1);]])
  change([[  {"__gc", lp_gc},
]] "")
  # the classes of src/lua/clocale.h are no functions
  foreach(class IN ITEMS alnum alpha cntrl digit graph lower print punct space upper xdigit)
    change("is${class})" "in_${class})")
    change("static int lp_locale (" "static int in_${class} (int c) { return is${class}(c); }\nstatic int lp_locale (")
  endforeach()
  # printing
  change([[static int lp_printtree (lua_State *L) {]] [[#if 0
static int lp_printtree (lua_State *L) {]])
  change([[/*
** Get the initial position for the match]] [[#endif

/*
** Get the initial position for the match]])
  change([[  {"ptree", lp_printtree},
  {"pcode", lp_printcode},
]] "")
  change([[  lua_setfield(L, -3, "__index");
]] [[  lua_setfield(L, -3, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -3, "__metatable");
]])
elseif(name STREQUAL lpcode.c)
  change([[#include "lauxlib.h"
]] [[#include "lauxlib.h"
#include "lua/lpegsteps.h"
]])
  change([[ tailcall:
]] [[ tailcall:
  lpegsteps_node_lj();
]])
  change([[  while (code[i].i.code == IJmp)
    i = target(code, i);]] [[  while (code[i].i.code == IJmp) {
    lpegsteps_node_lj();
    i = target(code, i);
  }]])
  # code is a userdata of the pattern at 1
  change([[  block = (Instruction*) f(ud, NULL, 0, size * sizeof(Instruction));
]] [[  block = (Instruction*) lua_newuserdatauv(L, size * sizeof(Instruction), 0);
  lua_setiuservalue(L, 1, 2);
]])
  change([[    f(ud, p->code - 1, osize * sizeof(Instruction), 0);  /* free block */
]] "")
  change([[  block = (Instruction*) f(ud, block, osize * sizeof(Instruction),
                                      nsize * sizeof(Instruction));
]] [[  block = (Instruction*) lua_newuserdatauv(L, nsize * sizeof(Instruction), 0);
  memcpy(block, p->code - 1, (osize < nsize ? osize : nsize) * sizeof(Instruction));
  lua_setiuservalue(L, 1, 2);
]])
elseif(name STREQUAL lpcap.c)
  change([[#include "lauxlib.h"
]] [[#include "lauxlib.h"
#include "lua/lpegsteps.h"
]])
  change([[    cs->cap = cap + 1;  /* + 1 to skip last close */]] [[    budget_charge_lj(cs->L, cap - cs->cap);
    cs->cap = cap + 1;  /* + 1 to skip last close */]])
  change([[    cs->cap = next;]] [[    budget_charge_lj(cs->L, next - cap);
    cs->cap = next;]])
  change([[  while (cap-- > cs->ocap) {  /* repeat until end of list */
    if (isclosecap(cap))
      cap = findopen(cap);  /* skip nested captures */
    else if]] [[  while (cap-- > cs->ocap) {  /* repeat until end of list */
    budget_charge_lj(L, 8);
    if (isclosecap(cap)) {
      Capture *close_ = cap;
      cap = findopen(cap);  /* skip nested captures */
      budget_charge_lj(L, close_ - cap);
    }
    else if]])
  # behind nested values there may be no room for it: LPeg looks before they are pushed
  change([[    lua_pushlstring(cs->L, cs->s + head->index, closesize(cs, head));
    n++;]] [[    luaL_checkstack(cs->L, 4, "too many captures");
    lua_pushlstring(cs->L, cs->s + head->index, closesize(cs, head));
    n++;]])
  # one by one they would take quadratic time
  change([[    int i;
    for (i = id; i <= otop; i++)
      lua_remove(L, id);  /* remove old dynamic captures */
]] [[    budget_charge_lj(L, (size_t)(lua_gettop(L) - id) * 4);
    lua_rotate(L, id, -(otop - id + 1));
    lua_pop(L, otop - id + 1);  /* remove old dynamic captures */
]])
  change([[  if (cs->reclevel++ > MAXRECLEVEL)]] [[  lpegsteps_deeper_lj(L);
  if (cs->reclevel++ > MAXRECLEVEL)]])
  change([[  cs->reclevel--;
]] [[  cs->reclevel--;
  lpegsteps_back(L);
]])
elseif(name STREQUAL lpvm.c)
  change([[#include "lauxlib.h"
]] [[#include "lauxlib.h"
#include "lua/lpegsteps.h"

/* instructions between two charges, and units of one */
#define INSTRUCTIONS 64
#define UNITS_OF_INSTRUCTION 4
]])
  change([[  int ndyncap = 0;  /* number of dynamic captures (in Lua stack) */
  const]] [[  int ndyncap = 0;  /* number of dynamic captures (in Lua stack) */
  size_t done = 0;  /* instructions that are not charged yet */
  const]])
  change([[  lua_pushlightuserdata(L, stackbase);
  for (;;) {
]] [[  lua_pushlightuserdata(L, stackbase);
  for (;;) {
    if (++done >= INSTRUCTIONS) {
      budget_charge_lj(L, done * UNITS_OF_INSTRUCTION);
      done = 0;
    }
]])
  change([[      case ISpan: {
        for (; s < e; s++) {
          uint c = (byte)*s;
          if (!charinset(p, (p+1)->buff, c)) break;
        }
]] [[      case ISpan: {
        const char *begin_ = s;
        for (; s < e; s++) {
          uint c = (byte)*s;
          if (!charinset(p, (p+1)->buff, c)) break;
        }
        done += (s - begin_) / 2;
]])
elseif(name STREQUAL re.lua)
  change([[local m = require"lpeg"
]] [[local m, mt = ...
]])
  change([[local mt = getmetatable(mm.P(0))
]] "")
endif()
file(WRITE ${OUTPUT} "${text}")
