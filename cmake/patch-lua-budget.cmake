# Lua's loops charge the time budget: src/lua/budget.h says why. Part of patch-lua.cmake: `text` is the source `name`.
#
# Charged before or in the loop, where it may throw, is what a script can make endless, or longer than a pass over its
# memory. The rest is counted, and the next step looks at the clock.

change("#include \"lua.h\"\n" "#include \"lua.h\"\n#include \"lua/budgetsteps.h\"\n")

if(name STREQUAL lvm.c)
  change([[(trap = ci->u.l.trap)]] [[(BUDGET_VM_STEP(L, ci, pc), trap = ci->u.l.trap)]])
  change([[trap = L->hookmask]] [[BUDGET_VM_STEP(L, ci, ci->u.l.savedpc), trap = L->hookmask]])
  # texts are compared as in the locale "C", in one pass
  change([[  for (;;) {  /* for each segment */
    int temp = strcoll(s1, s2);]] [[  for (;;) {
    int all = memcmp(s1, s2, rl1 < rl2 ? rl1 : rl2);
    if (all != 0 || rl1 == rl2) return all;
    if (rl1 != 0 || rl2 != 0) return rl1 < rl2 ? -1 : 1;
    int temp = strcoll(s1, s2);]])
  change([[return l_strcmp(tsvalue(l), tsvalue(r)) <]]
         [[return budget_count_text(L, tsvalue(l)), l_strcmp(tsvalue(l), tsvalue(r)) <]])
  change([[case LUA_VLNGSTR: return luaS_eqlngstr(]]
         [[case LUA_VLNGSTR: budget_count_text(L, tsvalue(t1)); return luaS_eqlngstr(]])
  # no number is that long; reading it would take as long as the text
  change([[    TString *st = tsvalue(obj);
    return (]] [[    TString *st = tsvalue(obj);
    return tsslen(st) <= 4096 && (]])
  change([[, slot, luaH_get)]] [[, slot, BUDGET_GET)]])
  change([[luaV_rawequalobj(s2v(ra), rb)]] [[BUDGET_RAWEQUAL(s2v(ra), rb)]])
elseif(name STREQUAL lapi.c) # what loops in C are made of
  change([[, slot, luaH_get)]] [[, slot, BUDGET_GET)]])
  change([[val = luaH_get(t,]] [[val = BUDGET_GET(t,]])
  change([[(isvalid(L, o1) && isvalid(L, o2)) ? luaV_rawequalobj(o1, o2)]]
         [[(isvalid(L, o1) && isvalid(L, o2)) ? BUDGET_RAWEQUAL(o1, o2)]])
  change([[LUA_API int lua_geti (lua_State *L, int idx, lua_Integer n) {
  TValue *t;
  const TValue *slot;
]] [[LUA_API int lua_geti (lua_State *L, int idx, lua_Integer n) {
  TValue *t;
  const TValue *slot;
  BUDGET_STEP(L);
]])
  change([[LUA_API void lua_seti (lua_State *L, int idx, lua_Integer n) {
  TValue *t;
  const TValue *slot;
]] [[LUA_API void lua_seti (lua_State *L, int idx, lua_Integer n) {
  TValue *t;
  const TValue *slot;
  BUDGET_STEP(L);
]])
  change([[  Table *t;
  int more;
]] [[  Table *t;
  int more;
  BUDGET_STEP(L);
]])
elseif(name STREQUAL lauxlib.c) # the traceback of a deep stack walks over it 50 times
  change([[static int lastlevel (lua_State *L) {]] [[static int lastlevel (lua_State *running, lua_State *L) {]])
  change([[while (lua_getstack(L, le, &ar)) {]] [[while (lua_getstack(L, le, &ar)) { BUDGET_STEP(running);]])
  change([[    int m = (li + le)/2;
]] [[    int m = (li + le)/2;
    BUDGET_STEP(running);
]])
  change([[lastlevel(L1);]] [[lastlevel(L, L1);]])
  change([[  while (lua_getstack(L1, level++, &ar)) {]] [[  while (lua_getstack(L1, level++, &ar)) {
    BUDGET_STEP(L);]])
elseif(name STREQUAL lbaselib.c)
  change([[const char *s = lua_tolstring(L, 1, &l);
      if (s != NULL]] [[const char *s = lua_tolstring(L, 1, &l);
      BUDGET_CHARGE(L, s != NULL ? l : 0);
      if (s != NULL]])
  change([[
    s = lua_tolstring(L, 1, &l);
]] [[
    s = lua_tolstring(L, 1, &l);
    BUDGET_CHARGE(L, l);
]])
  # the error of the limit cannot be caught
  change([[status != LUA_YIELD)) {  /* error? */]] [[status != LUA_YIELD)) {  /* error? */
    BUDGET_STEP(L);]])
elseif(name STREQUAL lcorolib.c)
  change([[status = lua_resume(co, L, narg, &nres);]] [[status = lua_resume(co, L, narg, &nres);
  BUDGET_STEP(L);]])
elseif(name STREQUAL lcode.c) # lists of jumps: a hundred thousand times "elseif"
  change([[(next = getjump(fs, list)) != NO_JUMP)  /* find last element */]]
         [[(next = getjump(fs, list)) != NO_JUMP && (BUDGET_STEP(fs->ls->L), 1))]])
elseif(name STREQUAL ldebug.c)
  change([[ci != &L->base_ci; ci = ci->previous)
    level--;]] [[ci != &L->base_ci; ci = ci->previous) {
    BUDGET_COUNT(L, 4);
    level--;
  }]])
  # names of variables are not sought in huge functions: a message could take a second
  change([[  for (pc = 0; pc < lastpc; pc++) {
    Instruction i = p->code[pc];]] [[  for (pc = 0; pc < lastpc && lastpc < 20000; pc++) {
    Instruction i = p->code[pc];]])
  change([[  luaC_checkGC(L);  /* error message uses memory */]] [[  luaC_checkGC(L);  /* error message uses memory */
  BUDGET_COUNT(L, isLua(ci) ? 1000 + (size_t)ci_func(ci)->p->sizecode : 1000);]])
elseif(name STREQUAL ldo.c) # deep stacks
  change([[if (lim < ci->top.p) lim = ci->top.p;]] [[BUDGET_COUNT(L, 4);
    if (lim < ci->top.p) lim = ci->top.p;]])
  change([[  if (nres > wanted)  /* extra results? */]] [[  if (nres > 256) BUDGET_COUNT(L, (size_t)nres);
  if (nres > wanted)  /* extra results? */]])
elseif(name STREQUAL loslib.c)
  change([[
    while (s < se) {
]] [[
    while (s < se) {
      BUDGET_CHARGE(L, *s == '%' ? 1000 : 4);
]])
elseif(name STREQUAL lgc.c)
  change([[    if(isdecGCmodegen(g))
]] [[    BUDGET_COUNT(L, gettotalbytes(g) / 64);
    if(isdecGCmodegen(g))
]])
  change([[  g->gcemergency = isemergency;  /* set flag */]] [[  g->gcemergency = isemergency;  /* set flag */
  BUDGET_COUNT(L, gettotalbytes(g) / 8);]])
  change([[  if (newmode != g->gckind) {]] [[  if (newmode != g->gckind) {
    BUDGET_COUNT(L, gettotalbytes(g) / 8);]])
  # chains of weak keys take quadratic time: after a second or so of it the tables left are taken for strong
  change([[  int dir = 0;
  do {]] [[  int dir = 0, passes = 0;
  lu_mem visited = 0;
  do {]])
  change([[      if (traverseephemeron(g, h, dir)) {  /* marked some value? */]]
         [[      visited += 1 + sizenode(h);
      if (passes > 1 && visited > 4000000) {
        traversestrongtable(g, h);
        propagateall(g);
        changed = 1;
      }
      else if (traverseephemeron(g, h, dir)) {  /* marked some value? */]])
  change([[    dir = !dir;  /* invert direction next time */]] [[    dir = !dir;  /* invert direction next time */
    passes++;]])
elseif(name STREQUAL llex.c) # a byte of a source
  change([[#define next(ls)	(ls->current = zgetc(ls->z))]]
         [[#define next(ls)	(BUDGET_STEP(ls->L), ls->current = zgetc(ls->z))]])
elseif(name STREQUAL lparser.c)
  change([[    int v = searchvar(fs, n, var);  /* look up locals at current level */]]
         [[    int v;
    BUDGET_CHARGE(fs->ls->L, (size_t)fs->nactvar + fs->nups);
    v = searchvar(fs, n, var);  /* look up locals at current level */]])
  change([[  /* check labels in current function for a match */]] [[  BUDGET_CHARGE(ls->L, (size_t)dyd->label.n);]])
  change([[  int needsclose = 0;
  while (i < gl->n) {]] [[  int needsclose = 0;
  BUDGET_CHARGE(ls->L, (size_t)gl->n);
  while (i < gl->n) {]])
elseif(name STREQUAL ltable.c)
  change([[  unsigned int i = findindex(L, t, s2v(key), asize);  /* find original key */
]] [[  unsigned int i = findindex(L, t, s2v(key), asize);  /* find original key */
  const unsigned int begin = i;
]])
  change([[      setivalue(s2v(key), i + 1);
]] [[      BUDGET_COUNT(L, i - begin);
      setivalue(s2v(key), i + 1);
]])
  change([[      Node *n = gnode(t, i);
      getnodekey(L]] [[      Node *n = gnode(t, i);
      BUDGET_COUNT(L, i + asize - begin);
      getnodekey(L]])
  change([[  return 0;  /* no more elements */]] [[  BUDGET_COUNT(L, i + asize - begin);
  return 0;  /* no more elements */]])
  change([[const TValue *slot = luaH_get(t, key);]] [[const TValue *slot = BUDGET_GET(t, key);]])
  change([[  setlimittosize(t);
  na = numusearray(t, nums);]] [[  setlimittosize(t);
  BUDGET_CHARGE(L, t->alimit + 16 * (size_t)allocsizenode(t));
  na = numusearray(t, nums);]])
elseif(name STREQUAL ltm.c)
  change([[  int nextra = ci->u.l.nextraargs;
  if (wanted < 0) {]] [[  int nextra = ci->u.l.nextraargs;
  if (nextra > 256) BUDGET_COUNT(L, (size_t)nextra);
  if (wanted < 0) {]])
elseif(name STREQUAL lstrlib.c)
  include(${CMAKE_CURRENT_LIST_DIR}/patch-lua-strings.cmake)
elseif(name STREQUAL lutf8lib.c)
  change([[  while (posi <= posj) {]] [[  while (posi <= posj) {
    BUDGET_BYTE(L, n);]])
  change([[while (posi > 0 && iscontp(s + posi)) posi--;]] [[while (posi > 0 && iscontp(s + posi)) { BUDGET_BYTE(L, posi); posi--; }]])
  change([[  /* find beginning of previous character */
]] [[
           BUDGET_BYTE(L, posi);
]])
  change([[  /* find beginning of next character */
]] [[
           BUDGET_BYTE(L, posi);
]])
  change([[for (s += posi - 1; s < se;) {]] [[for (s += posi - 1; s < se;) {
    BUDGET_STEP(L);]])
  change([[while (iscontp(s + n)) n++;]] [[while (iscontp(s + n)) { BUDGET_BYTE(L, n); n++; }]])
endif()
