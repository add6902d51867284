#include "modules/file.h"

#include "base/text.h"
#include "event/value.h"
#include "file/tail.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "modules/fileoptions.h"
#include "modules/log.h"
#include "modules/lure.h"
#include "task/task.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define METATABLE "lure.file.tail"

#define LONGEST_LINE  ((lua_Integer)1 << 20)
#define LARGEST_LIMIT ((lua_Integer)16 << 20)

/* Bytes of a line that take about one unit of the time budget. */
#define BYTES_OF_UNIT 16

/* What an iterator goes through; it ends with its task's group, with the loop, or when it is collected. */
struct file_tail {
    struct task_resource resource; /* first: end_tail */
    struct tail *tail;             /* NULL: it is closed */
    struct log *log;
};

/* ---- tail ---- */

static void tell(void *owner, bool grave, const char *text)
{
    struct log *log = owner;

    if (grave) {
        log_limited(log, LOG_LEVEL_ERROR, text);
    } else {
        log_both(log, LOG_LEVEL_NOTICE, text);
    }
}

static void end_tail(struct task_resource *resource)
{
    struct file_tail *object = (struct file_tail *)(void *)resource;

    if (object->tail != NULL) {
        tail_close(object->tail);
        object->tail = NULL;
    }
}

/* __gc and __close */
static int close_tail_lj(lua_State *L)
{
    struct file_tail *object = lua_touserdata(L, 1);

    task_disown(&object->resource);
    end_tail(&object->resource);
    return 0;
}

/* Where to begin: options.from, else the cursor of the event source that runs, if it is one of this path. The
 * text stays on the stack. Stack: [path, options] -> [path, options, from] */
static void read_from_lj(lua_State *L, struct tail_options *options)
{
    size_t size;
    const char *from;
    char got[96];

    if (lua_getfield(L, 2, "from") == LUA_TNIL || lua_type(L, 3) == LUA_TSTRING) { /* path, options, from */
        from = lua_tolstring(L, 3, &size);
        options->from_end = from != NULL && strcmp(from, "end") == 0;
        if (from == NULL || options->from_end || strcmp(from, "start") == 0) {
            lua_pop(L, 1);                      /* path, options */
            lure_push_provided_lj(L, "cursor"); /* path, options, function */
            /* it throws where there is no event source, and that is no error here */
            from = lua_isfunction(L, 3) && lua_pcall(L, 0, 1, 0) == LUA_OK && lua_type(L, 3) == LUA_TSTRING
                       ? lua_tolstring(L, 3, &size)
                       : NULL;
            if (from != NULL && tail_knows(options->pattern, from, size)) {
                options->cursor = from;
                options->cursor_size = size;
            }
            return;
        }
        if (tail_knows(options->pattern, from, size)) {
            options->cursor = from;
            options->cursor_size = size;
            return;
        }
    }
    value_describe(L, 3, got, sizeof(got));
    luaL_error(L, "lure.file.tail: from: expected \"start\", \"end\" or a cursor of a tail of \"%s\", got %s",
               options->pattern, got);
}

static int next_k(lua_State *L, int status, lua_KContext context);

/* The iterator; upvalue 1: the tail. Returns a line, nil, and the cursor behind it. */
static int next_lj(lua_State *L)
{
    task_check_lj(L, "lure.file.tail");
    lua_settop(L, 0); /* */
    return next_k(L, LUA_OK, 0);
}

/* Stack: [...] -> [..., cursor] */
static void push_cursor_lj(lua_State *L, const struct file_tail *object)
{
    const char *cursor;
    size_t size;

    if (!GARBAGE_RETRY(L, (cursor = tail_cursor(object->tail, &size)) != NULL)) {
        luaL_error(L, "lure.file.tail: " TEXT_OVER_LIMIT);
    }
    lua_pushlstring(L, cursor, size); /* ..., cursor */
}

/* Stack: [] -> [line, nil, cursor] */
static int push_line_lj(lua_State *L, struct file_tail *object, const char *line, size_t size)
{
    budget_charge_lj(L, BUDGET_OF_STEP + size / BYTES_OF_UNIT);
    lua_pushlstring(L, line, size); /* line */
    lua_pushnil(L);                 /* line, nil */
    push_cursor_lj(L, object);      /* line, nil, cursor */
    return 3;
}

/* Stack: [] */
static int next_k(lua_State *L, int status, lua_KContext context)
{
    struct file_tail *object = lua_touserdata(L, lua_upvalueindex(1));
    enum tail_outcome outcome;
    const char *line;
    size_t size;

    (void)context;
    if (object->tail == NULL) {
        return luaL_error(L, "lure.file.tail: it is closed");
    }
    if (status == LUA_YIELD) {
        tail_look(object->tail);
    }
    if (!GARBAGE_RETRY(L, (outcome = tail_next(object->tail, &line, &size)) != TAIL_NO_MEMORY)) {
        return luaL_error(L, "lure.file.tail: " TEXT_OVER_LIMIT);
    }
    switch (outcome) {
    case TAIL_LINE:
        return push_line_lj(L, object, line, size);
    case TAIL_NO_MEMORY:
    case TAIL_BUSY:
        return task_wait_lj(L, -1, 0, 0, 0, next_k); /* others have their turn */
    case TAIL_NOTHING:
        break;
    }
    return task_wait_lj(L, tail_watch(object->tail), EPOLLIN, tail_due(object->tail), 0, next_k);
}

/* The open tail that the function at `place` is the iterator of; NULL: it is another function. */
static struct file_tail *tail_at(lua_State *L, int place)
{
    struct file_tail *object;

    if (lua_tocfunction(L, place) != next_lj) {
        return NULL;
    }
    lua_getupvalue(L, place, 1); /* object */
    object = lua_touserdata(L, -1);
    lua_pop(L, 1); /* */
    return object != NULL && object->tail != NULL ? object : NULL;
}

/* Hands lines on as values of direct evaluation. */
struct handing {
    enum eval_taken (*take)(void *to, const struct eval_value *line);
    void *to;
};

static enum tail_taken hand_on(void *to, const char *line, size_t size)
{
    const struct handing *handing = to;
    struct eval_value value = {.kind = EVAL_TEXT};

    value.text.data = line;
    value.text.size = size;
    switch (handing->take(handing->to, &value)) {
    case EVAL_MORE:
        return TAIL_MORE;
    case EVAL_ENOUGH:
        return TAIL_ENOUGH;
    case EVAL_REFUSED:
        break;
    }
    return TAIL_REFUSED;
}

bool file_tail_advance(lua_State *L, int place,
                       enum eval_taken (*take)(void *to, const struct eval_value *line), void *to)
{
    struct handing handing = {take, to};
    const struct file_tail *object = tail_at(L, place);

    return object != NULL && tail_advance(object->tail, hand_on, &handing);
}

bool file_tail_cursor_lj(lua_State *L, int place)
{
    const struct file_tail *object = tail_at(L, place);

    if (object == NULL) {
        return false;
    }
    push_cursor_lj(L, object); /* cursor */
    return true;
}

/* lure.file.tail(path [, options]): the four values of a generic `for`; upvalues: log, budget */
static int tail_lj(lua_State *L)
{
    static const char *const known[] = {"from", "max_line", NULL};
    struct log *log = lua_touserdata(L, lua_upvalueindex(1));
    struct tail_options options = {.pattern = file_check_path_lj(L, "lure.file.tail"),
                                   .teller = {.tell = tell, .owner = log},
                                   .budget = lua_touserdata(L, lua_upvalueindex(2))};
    struct file_tail *object;
    char *problem;

    file_check_options_lj(L, "lure.file.tail", known); /* path, options */
    options.max_line =
        (size_t)file_check_option_lj(L, "lure.file.tail", "max_line", LONGEST_LINE, LARGEST_LIMIT);
    read_from_lj(L, &options);                         /* path, options, from */
    object = lua_newuserdatauv(L, sizeof(*object), 0); /* path, options, from, object */
    *object = (struct file_tail){.resource = {.end = end_tail}, .log = log};
    luaL_setmetatable(L, METATABLE);
    options.clock = task_clock(L);
    if (!GARBAGE_RETRY(L, (object->tail = tail_open(&options, &problem)) != NULL || problem != NULL) ||
        object->tail == NULL) {
        lua_pushstring(L, problem != NULL ? problem : TEXT_OVER_LIMIT);
        free(problem);
        return luaL_error(L, "lure.file.tail: %s", lua_tostring(L, -1));
    }
    if (task_current(L) != NULL) {
        task_own(task_current(L), &object->resource);
    }
    lua_pushvalue(L, -1);            /* ..., object, object */
    lua_pushcclosure(L, next_lj, 1); /* ..., object, iterator */
    lua_insert(L, -2);               /* ..., iterator, object */
    lua_pushnil(L);                  /* ..., iterator, object, nil */
    lua_pushnil(L);                  /* ..., iterator, object, nil, nil */
    lua_pushvalue(L, -3);            /* ..., iterator, object, nil, nil, object */
    lua_remove(L, -4);               /* ..., iterator, nil, nil, object */
    return 4;
}

int luaopen_lure_file(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__gc", close_tail_lj}, {"__close", close_tail_lj}, {NULL, NULL}};

    luaL_newmetatable(L, METATABLE); /* metatable */
    luaL_setfuncs(L, methods, 0);    /* metatable */
    lua_pop(L, 1);                   /* */
    file_lines_open_lj(L);
    file_lookup_open_lj(L);
    lua_createtable(L, 0, 5);              /* module */
    lua_pushvalue(L, lua_upvalueindex(1)); /* module, log */
    lua_pushvalue(L, lua_upvalueindex(2)); /* module, log, budget */
    lua_pushcclosure(L, tail_lj, 2);       /* module, function */
    lua_setfield(L, -2, "tail");           /* module */
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushcclosure(L, file_lookup_lj, 2); /* module, function */
    lua_setfield(L, -2, "lookup");          /* module */
    lua_pushvalue(L, lua_upvalueindex(2));  /* module, budget */
    lua_pushcclosure(L, file_lines_lj, 1);  /* module, function */
    lua_setfield(L, -2, "lines");           /* module */
    lua_pushcfunction(L, file_list_lj);     /* module, function */
    lua_setfield(L, -2, "list");            /* module */
    lua_pushcfunction(L, file_stat_lj);     /* module, function */
    lua_setfield(L, -2, "stat");            /* module */
    return 1;
}
