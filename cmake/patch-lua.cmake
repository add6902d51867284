# Writes OUTPUT, a source file of Lua's (INPUT) with our changes, by the file's name. The lines changed stand once in
# every release from 5.4.0 on; where one does not, the build fails.

file(READ ${INPUT} text)
get_filename_component(name ${INPUT} NAME)

# change(OLD NEW): in `text`
function(change old new)
  string(REPLACE "${old}" "${new}" changed "${text}")
  if(changed STREQUAL text)
    message(FATAL_ERROR "${INPUT} has no \"${old}\": it is not of a Lua 5.4 that lure knows")
  endif()
  set(text "${changed}" PARENT_SCOPE)
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/patch-lua-budget.cmake)

if(name STREQUAL lvm.c)
  change([[#include "lvm.h"]] [[#include "lvm.h"
#include "lua/vmshortcuts.h"]])
  # src/lua/getters.h: documents of JSON
  change([[luaT_callTMres(L, tm, t, key, val)]] [[INDEX_BY_GETTER(L, tm, t, key, val)]])
  change([[luaD_call(L, ra + 4, GETARG_C(i))]] [[CALL_ITERATOR(L, ra + 4, GETARG_C(i))]])
elseif(name STREQUAL lbaselib.c) # the loop knows what ipairs gives it: src/lua/ipairs.h
  change([[#include "lualib.h"]] [[#include "lualib.h"
#include "lua/ipairs.h"]])
  change([[static int ipairsaux]] [[int ipairsaux]])
elseif(name STREQUAL lstrlib.c) # skips what cannot match: src/lua/patterns.h
  change([[#include "lualib.h"]] [[#include "lualib.h"
#include "lua/patterns.h"]])
  # find, match: at each place where the match may begin
  change([[
    do {
      const char *res;
      reprepstate(&ms);
]] [[
    struct pattern_begin begin = pattern_begin(p, ms.p_end, anchor);
    do {
      const char *res;
      if ((s1 = pattern_seek(L, &begin, s1, ms.src_end)) == NULL) break;
      reprepstate(&ms);
]])
  change([[match(&ms, s1, p)]] [[match(&ms, s1 + begin.known, begin.rest)]])
  change([[
  for (src = gm->src; src <= gm->ms.src_end; src++) {
    const char *e;
]] [[
  struct pattern_begin begin = pattern_begin(gm->p, gm->ms.p_end, 0);
  for (src = gm->src; src <= gm->ms.src_end; src++) {
    const char *e;
    if ((src = pattern_seek(L, &begin, src, gm->ms.src_end)) == NULL) break;
]])
  change([[match(&gm->ms, src, gm->p)]] [[match(&gm->ms, src + begin.known, begin.rest)]])
  change([[
  while (n < max_s) {
    const char *e;
]] [[
  struct pattern_begin begin = pattern_begin(p, ms.p_end, anchor);
  while (n < max_s) {
    const char *e, *at = pattern_seek(L, &begin, src, ms.src_end);
    if (at == NULL) break;
    luaL_addlstring(&b, src, at - src);
    src = at;
]])
  change([[match(&ms, src, p)]] [[match(&ms, src + begin.known, begin.rest)]])
  # repetitions
  change([[
  while (singlematch(ms, s + i, p, ep))
    i++;
]] [[
  int next = pattern_next(ep + 1, ms->p_end);
  i = pattern_run(ms->L, s, ms->src_end, p, ep);
  if (i < 0) {
    i = 0;
    while (singlematch(ms, s + i, p, ep)) {
      i++;
      BUDGET_SET(ms->L, i, ep - p);
    }
  }
]])
  change([[
    i--;  /* else didn't match; reduce 1 repetition to try again */
]] [[
    i = pattern_last(ms->L, next, s, i - 1);  /* else didn't match; reduce repetitions to try again */
]])
  change([[
  for (;;) {
    const char *res = match(ms, s, ep+1);
]] [[
  int next = pattern_next(ep + 1, ms->p_end);
  for (;;) {
    const char *res = match(ms, s, ep+1);
]])
  change([[
    else if (singlematch(ms, s, p, ep))
      s++;  /* try with one more repetition */
    else return NULL;
]] [[
    else do {  /* try with more repetitions */
      if (!singlematch(ms, s, p, ep)) return NULL;
      s++;
      BUDGET_SET(ms->L, ms->src_end - s, ep - p);
      if (next >= 0 && *p == '.') {
        const char *from = s;
        s = memchr(from, next, ms->src_end - from);
        BUDGET_CHARGE(ms->L, ((s != NULL ? s : ms->src_end) - from) / 32);
        if (s == NULL) return NULL;
      }
    } while (next >= 0 && uchar(*s) != next);
]])
elseif(name STREQUAL lstring.c) # src/lua/stringhash.h
  change([[#include "lstring.h"]] [[#include "lstring.h"
#include "lua/stringhash.h"]])
  change([[
  unsigned int h = seed ^ cast_uint(l);
  for (; l > 0; l--)
    h ^= ((h<<5) + (h>>2) + cast_byte(str[l - 1]));
  return h;
]] [[
  return stringhash(str, l, seed);
]])
elseif(name STREQUAL liolib.c) # reads lines out of the stream's buffer, which is Lua's: src/lua/streamlines.h, streambuffer.h
  change([[#include "lualib.h"]] [[#include "lualib.h"
#include "lua/streambuffer.h"
#include "lua/streamlines.h"]])
  change([[LStream *p = (LStream *)lua_newuserdatauv(L, sizeof(LStream), 0);]]
         [[LStream *p = (LStream *)lua_newuserdatauv(L, sizeof(struct buffered_stream), 0);
  ((struct buffered_stream *)p)->buffer = NULL;]])
  foreach(opened IN ITEMS "fopen(fname, mode)" "fopen(filename, mode)" "tmpfile()")
    change("p->f = ${opened};" "p->f = streambuffer_begin_lj(L, p, ${opened}, fclose);")
  endforeach()
  change([[p->f = l_popen(L, filename, mode);]] [[p->f = streambuffer_begin_lj(L, p, l_popen(L, filename, mode), pclose);]])
  change([[fclose(p->f)]] [[streambuffer_end(L, p, fclose(p->f))]])
  change([[luaL_execresult(L, l_pclose(L, p->f))]] [[luaL_execresult(L, streambuffer_end(L, p, l_pclose(L, p->f)))]])
  change([[
    while (i < LUAL_BUFFERSIZE && (c = l_getc(f)) != EOF && c != '\n')
      buff[i++] = c;]] [[
    i = streamlines_read(f, buff, LUAL_BUFFERSIZE, &c);]])
endif()
file(WRITE ${OUTPUT} "${text}")
