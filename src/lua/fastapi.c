#include "lua/fastapi.h"

#include "lprefix.h"
#include "lua/longjump.h"
#include "lua/stkid.h"

#include "ldo.h"
#include "lfunc.h"
#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"

#if LUA_VERSION_RELEASE_NUM < 50403
#error "Lua 5.4.3 or later is needed"
#endif

#ifdef LURE_LUA_JUMP_TO
void jump_to(jump_buffer buffer)
{
    __builtin_longjmp(buffer, 1);
}
#endif

void fastapi_push(lua_State *L, int place)
{
    setobj2s(L, AT(L->top), s2v(AT(L->ci->func) + place));
    AT(L->top)++;
}

void fastapi_push_all(lua_State *L, int place, int count)
{
    StkId from = AT(L->ci->func) + place, to = AT(L->top);

    for (int i = 0; i < count; i++) {
        to[i] = from[i]; /* as one value of 16 bytes: Lua's own macro copies what is in it one by one */
    }
    AT(L->top) = to + count;
}

void fastapi_put(lua_State *L, int below, int place)
{
    setobjs2s(L, AT(L->top) - below, AT(L->ci->func) + place);
}

void fastapi_put_integer(lua_State *L, int below, lua_Integer integer)
{
    setivalue(s2v(AT(L->top) - below), integer);
}

void fastapi_put_boolean(lua_State *L, int below, bool truth)
{
    TValue *value = s2v(AT(L->top) - below);

    settt_(value, truth ? LUA_VTRUE : LUA_VFALSE);
}

int fastapi_parameters(lua_State *L, int place, int most)
{
    const TValue *function = s2v(AT(L->ci->func) + place);
    const Proto *proto = ttisLclosure(function) ? clLvalue(function)->p : NULL;

    return proto != NULL && !proto->is_vararg && proto->numparams < most ? proto->numparams : most;
}

void fastapi_replace(lua_State *L, int place)
{
    AT(L->top)--;
    setobjs2s(L, AT(L->ci->func) + place, AT(L->top));
}

void fastapi_drop(lua_State *L, int count)
{
    AT(L->top) = AT(L->ci->func) + 1 + count;
}

/* As ldo.c has it. */
struct lua_longjmp {
    struct lua_longjmp *previous;
    luai_jmpbuf b;
    volatile int status;
};

struct call {
    ptrdiff_t function; /* in bytes from the stack's begin: the stack may move */
    int results;
    const struct call_text *texts;
    int count;
};

static void make_text_lj(lua_State *L, const struct call *call, const struct call_text *text)
{
    TString *string = luaS_newlstr(L, text->data, text->size);

    setsvalue2s(L, restorestack(L, call->function) + text->argument, string);
    if (text->place != 0) {
        setsvalue2s(L, AT(L->ci->func) + text->place, string);
    }
    luaC_checkGC(L);
}

static inline void run_lj(lua_State *L, const struct call *call)
{
    for (int i = 0; i < call->count; i++) {
        make_text_lj(L, call, &call->texts[i]);
    }
    luaD_callnoyield(L, restorestack(L, call->function), call->results);
}

int fastapi_pcall(lua_State *L, int arguments, int results, int handler, const struct call_text *texts,
                  int count)
{
    const struct call call = {savestack(L, AT(L->top) - arguments - 1), results, texts, count};
    const l_uint32 depth = L->nCcalls;
    const lu_byte hooks = L->allowhook;
    const ptrdiff_t handler_before = L->errfunc;
    CallInfo *const caller = L->ci;
    struct lua_longjmp jump = {.previous = L->errorJmp, .status = LUA_OK};
    int status;

    L->errorJmp = &jump;
    L->errfunc = savestack(L, AT(caller->func) + handler);
    LUAI_TRY(L, &jump, run_lj(L, &call);)
    L->errorJmp = jump.previous;
    status = jump.status;
    if (luai_unlikely(status != LUA_OK)) {
        L->nCcalls = depth;
        L->ci = caller;
        L->allowhook = hooks;
        status = luaD_closeprotected(L, call.function, status);
        luaD_seterrorobj(L, status, restorestack(L, call.function));
        luaD_shrinkstack(L);
    }
    L->errfunc = handler_before;
    return status;
}

/* Outside of any call of the main thread, its stack begins here. */
static StkId bottom(lua_State *L)
{
    return AT(G(L)->mainthread->base_ci.func);
}

void fastapi_push_kept(lua_State *L, int place)
{
    setobj2s(L, AT(L->top), s2v(bottom(L) + place));
    AT(L->top)++;
}

void fastapi_keep(lua_State *L, int place)
{
    setobjs2s(L, bottom(L) + place, AT(L->top) - 1);
}

bool fastapi_is_nil(lua_State *L, int below)
{
    return ttisnil(s2v(AT(L->top) - below));
}

static const char *text_of(const TValue *value, size_t *length)
{
    if (!ttisstring(value)) {
        return NULL;
    }
    *length = tsslen(tsvalue(value));
    return getstr(tsvalue(value));
}

const char *fastapi_text(lua_State *L, int below, size_t *length)
{
    return text_of(s2v(AT(L->top) - below), length);
}

bool fastapi_integer(lua_State *L, int place, lua_Integer *integer)
{
    const TValue *value = s2v(AT(L->ci->func) + place);

    *integer = ttisinteger(value) ? ivalue(value) : 0;
    return ttisinteger(value);
}

bool fastapi_natural(lua_State *L, int below, uint64_t *number)
{
    const TValue *value = s2v(AT(L->top) - below);

    if (!ttisinteger(value) || ivalue(value) < 0) {
        return false;
    }
    *number = (uint64_t)ivalue(value);
    return true;
}

/* The argument at `place`; NULL: there are not as many. */
static inline const TValue *argument_at(lua_State *L, int place)
{
    StkId at = AT(L->ci->func) + place;

    return at < AT(L->top) ? s2v(at) : NULL;
}

void *fastapi_argument_userdata(lua_State *L, int place, size_t size)
{
    const TValue *value = argument_at(L, place);

    return value != NULL && ttisfulluserdata(value) && uvalue(value)->len == size ? getudatamem(uvalue(value))
                                                                                  : NULL;
}

const char *fastapi_argument_text(lua_State *L, int place, size_t *length)
{
    const TValue *value = argument_at(L, place);

    return value != NULL ? text_of(value, length) : NULL;
}

bool fastapi_argument_integer(lua_State *L, int place, lua_Integer *integer)
{
    const TValue *value = argument_at(L, place);

    if (value == NULL || !ttisinteger(value)) {
        return false;
    }
    *integer = ivalue(value);
    return true;
}

bool fastapi_sequence(lua_State *L, int place, size_t *count)
{
    const Table *table = hvalue(s2v(AT(L->ci->func) + place));
    size_t capacity = luaH_realasize(table), filled = 0, rest;

    while (filled < capacity && !isempty(&table->array[filled])) {
        filled++;
    }
    for (rest = filled; rest < capacity && isempty(&table->array[rest]); rest++) {
    }
    *count = filled;
    return rest == capacity && isdummy(table); /* no part for other keys */
}

const char *fastapi_element_text(lua_State *L, int place, size_t number, size_t *length)
{
    return text_of(&hvalue(s2v(AT(L->ci->func) + place))->array[number - 1], length);
}
