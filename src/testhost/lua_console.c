#include "testhost/luaobjects.h"

/* state:console */

int state_console_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    const char *request = text_check_lj(L, 2, NULL);
    const char *text = lua_isnoneornil(L, 3) ? NULL : text_check_lj(L, 3, NULL);
    const struct event *event = lua_isnoneornil(L, 4) ? NULL : event_check_lj(L, 4);
    const char *answer;
    char message[HOST_MESSAGE];
    enum verdict verdict;

    if (!driver_has_lj(L, state, driver->console != NULL, "console"))
        return 2;
    verdict = driver->console(state, request, text, event, &answer, message);
    if (verdict != VERDICT_FINE)
        return verdict_lj(L, state, verdict, message);
    violations_raise_lj(L, state->inspector);
    lua_pushstring(L, answer); /* answer */
    return 1;
}
