# The string library charges the time budget. Part of patch-lua-budget.cmake, with `text` as lstrlib.c.

# bytes that are copied, turned or written
change([[
  for (i = 0; i < l; i++)
    p[i] = s[l - i - 1];]] [[
  for (i = 0; i < l; i++) {
    BUDGET_BYTE(L, i);
    p[i] = s[l - i - 1];
  }]])
change([[
  for (i=0; i<l; i++)
    p[i] = to]] [[
  for (i=0; i<l && (BUDGET_BYTE(L, i), 1); i++)
    p[i] = to]])
change([[
  for (i=0; i<n; i++)
    lua_pushinteger(]] [[
  if (n > 256) BUDGET_COUNT(L, 4 * (size_t)n);
  for (i=0; i<n; i++)
    lua_pushinteger(]])
change([[while (n-- > 1) {  /* first n-1 copies (followed by separator) */]] [[while (n-- > 1) {
      BUDGET_CHARGE(L, 4 + (l + lsep) / 16);]])
change([[
  while (len--) {
]] [[
  while (len--) {
    BUDGET_STEP(b->L);
]])
change([[while (strfrmt < strfrmt_end) {]] [[while (strfrmt < strfrmt_end) {
    BUDGET_STEP(L);]])
change([[while (*fmt != '\0') {]] [[while (*fmt != '\0') {
    BUDGET_STEP(L);]])
change([[
        while (len++ < (size_t)size)  /* pad extra space */
          luaL_addchar(&b, LUAL_PACKPADBYTE);]] [[
        while (len++ < (size_t)size) {
          BUDGET_BYTE(L, len);
          luaL_addchar(&b, LUAL_PACKPADBYTE);
        }]])
change([[const char *s = lua_tolstring(L, arg, &len);
    return (s != NULL]] [[const char *s = lua_tolstring(L, arg, &len);
    BUDGET_CHARGE(L, s != NULL ? len : 0);
    return (s != NULL]])

# a plain pattern is read once to find that it is one
change([[  /* explicit request or no special characters? */
]] [[  if (lp > 256) BUDGET_CHARGE(L, lp);
  /* explicit request or no special characters? */
]])

# the matcher: each attempt, each repetition, each set
change([[
  if (l_unlikely(ms->matchdepth-- == 0))
    luaL_error(]] [[
  BUDGET_STEP(ms->L);
  if (l_unlikely(ms->matchdepth-- == 0))
    luaL_error(]])
change([[
      do {  /* look for a ']' */
]] [[
      const char *begin = p;
      do {  /* look for a ']' */
]])
change([[
      } while (*p != ']');
]] [[
      } while (*p != ']');
      if (p - begin > 256) BUDGET_CHARGE(ms->L, (size_t)(p - begin));
]])
change([[while (++s < ms->src_end) {]] [[const char *begin = s;
    while (++s < ms->src_end) {
      BUDGET_BYTE(ms->L, s - begin);]])
change([[  len = ms->capture[l].len;
]] [[  len = ms->capture[l].len;
  BUDGET_CHARGE(ms->L, len / 16);
]])
change([[
  while ((p = (char *)memchr(news, L_ESC, l)) != NULL) {
]] [[
  BUDGET_CHARGE(L, l / 16);
  while ((p = (char *)memchr(news, L_ESC, l)) != NULL) {
    BUDGET_STEP(L);
]])
change([[static const char *lmemfind (const char *s1,]] [[static const char *lmemfind (lua_State *L, const char *s1,]])
# the first attempt, which is mostly the only one, is charged only where it is long
change([[
      if (memcmp(init, s2+1, l2) == 0)
        return init-1;
      else {  /* correct 'l1' and 's1' to try again */
]] [[
      if (memcmp(init, s2+1, l2) == 0) {
        BUDGET_SCAN(L, init - s1 + l2);
        return init-1;
      }
      else {  /* correct 'l1' and 's1' to try again */
        BUDGET_CHARGE(L, BUDGET_OF_STEP + (init - s1 + l2) / 16);
]])
change([[
    return NULL;  /* not found */
  }
}
]] [[
    BUDGET_SCAN(L, l1);
    return NULL;  /* not found */
  }
}
]])
change([[lmemfind(s + init,]] [[lmemfind(L, s + init,]])
