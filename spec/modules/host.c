/*
 * A host with a Lua of its own, or none, that loads plugins: host LIBRARY...
 *
 * Loads them all as the framework does, runs a chunk in its own Lua, reads the first event of each
 * plugin (or says its last error), runs the chunk again, and gives everything back; and all of this once
 * more. Prints a line for each step. Meanwhile a thread runs the chunk again and again.
 */
#include "v3/abi.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#ifndef WITHOUT_LUA
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#endif

#define MOST_PLUGINS 8
#define ANSWER       64

struct loaded {
    void *library;
    plugin_api api;
    ss_plugin_t *state;
    ss_instance_t *instance;
};

static atomic_bool at_end;

#ifdef WITHOUT_LUA
static void answer_of_own_lua(char *answer)
{
    strcpy(answer, "no Lua");
}
#else
static void answer_of_own_lua(char *answer)
{
    static const char chunk[] = "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(i) end "
                                "return (jit and 'LuaJIT' or _VERSION) .. ' ' .. #table.concat(t)";
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    if (luaL_loadstring(L, chunk) != 0 || lua_pcall(L, 0, 1, 0) != 0) {
        lua_pushstring(L, "failed");
    }
    snprintf(answer, ANSWER, "%s", lua_tostring(L, -1));
    lua_close(L);
}
#endif

static void run_own_lua(void)
{
    char answer[ANSWER];

    answer_of_own_lua(answer);
    printf("host: %s\n", answer);
}

/* Says only what differs from the first answer. */
static void *run_own_lua_often(void *unused)
{
    char first[ANSWER], answer[ANSWER];

    answer_of_own_lua(first);
    while (!at_end) {
        answer_of_own_lua(answer);
        if (strcmp(answer, first) != 0) {
            printf("host: first %s, then %s\n", first, answer);
        }
    }
    return unused;
}

static int load(struct loaded *loaded, const char *path)
{
    loaded->library = dlopen(path, RTLD_LOCAL | RTLD_NOW);
    if (loaded->library == NULL) {
        printf("%s\n", dlerror());
        return 1;
    }
#define LOOK_UP(name, since, need, result, parameters)                                                       \
    *(void **)&loaded->api.name = dlsym(loaded->library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
    printf("%s: loaded\n", loaded->api.get_name());
    return 0;
}

static void start(struct loaded *loaded)
{
    ss_plugin_init_input input = {.config = ""};
    ss_plugin_rc rc;

    loaded->state = loaded->api.init(&input, &rc);
    if (rc == SS_PLUGIN_SUCCESS) {
        loaded->instance = loaded->api.open(loaded->state, "", &rc);
    }
    if (rc != SS_PLUGIN_SUCCESS) {
        printf("%s: %s\n", loaded->api.get_name(), loaded->api.get_last_error(loaded->state));
    }
}

static void read_one(struct loaded *loaded)
{
    uint32_t count;
    ss_plugin_event **events;
    ss_plugin_rc rc = loaded->api.next_batch(loaded->state, loaded->instance, &count, &events);

    if (rc == SS_PLUGIN_SUCCESS && count > 0) {
        const char *data = (const char *)events[0];
        uint32_t length;

        memcpy(&length, data + 30, sizeof(length)); /* behind the header: two lengths, the id, the payload */
        printf("%s: %.*s\n", loaded->api.get_name(), (int)length, data + 38);
    } else {
        printf("%s: %s\n", loaded->api.get_name(), loaded->api.get_last_error(loaded->state));
    }
}

static void end(struct loaded *loaded)
{
    if (loaded->instance != NULL) {
        loaded->api.close(loaded->state, loaded->instance);
    }
    loaded->api.destroy(loaded->state);
    dlclose(loaded->library);
}

static bool run(char **paths, int count)
{
    struct loaded plugins[MOST_PLUGINS] = {{.library = NULL}};

    for (int i = 0; i < count; i++) {
        if (load(&plugins[i], paths[i]) != 0) {
            return false;
        }
        start(&plugins[i]);
    }
    run_own_lua();
    for (int i = 0; i < count; i++) {
        if (plugins[i].instance != NULL) {
            read_one(&plugins[i]);
        }
    }
    run_own_lua();
    for (int i = 0; i < count; i++) {
        end(&plugins[i]);
    }
    run_own_lua();
    return true;
}

int main(int argc, char **argv)
{
    int count = argc - 1 < MOST_PLUGINS ? argc - 1 : MOST_PLUGINS;
    pthread_t thread;
    bool done;

    setvbuf(stdout, NULL, _IONBF, 0);
    pthread_create(&thread, NULL, run_own_lua_often, NULL);
    done = run(argv + 1, count) && run(argv + 1, count);
    at_end = true;
    pthread_join(thread, NULL);
    if (done) {
        printf("end\n");
    }
    return done ? 0 : 1;
}
