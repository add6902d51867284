#include "cli/bytecode.h"

#include <lauxlib.h>

/* Lua's own, whose sources are compiled in */
#include <ldebug.h>
#include <lobject.h>
#include <lopcodes.h>
#include <lopnames.h>

static void set_integer_lj(lua_State *L, const char *key, int value)
{
    lua_pushinteger(L, value); /* table, value */
    lua_setfield(L, -2, key);  /* table */
}

static void set_boolean_lj(lua_State *L, const char *key, int value)
{
    lua_pushboolean(L, value); /* table, value */
    lua_setfield(L, -2, key);  /* table */
}

/* Where the instruction at `pc` jumps to, from 0; -1: nowhere. */
static int target_of(Instruction code, int pc)
{
    switch ((int)GET_OPCODE(code)) { /* an int, since most of Lua's opcodes do not jump */
    case OP_JMP:
        return pc + 1 + GETARG_sJ(code);
    case OP_FORPREP:
        return pc + 2 + GETARG_Bx(code);
    case OP_TFORPREP:
        return pc + 1 + GETARG_Bx(code);
    case OP_FORLOOP:
    case OP_TFORLOOP:
        return pc + 1 - GETARG_Bx(code);
    default:
        return -1;
    }
}

/* Stack: [] -> [instruction] */
static void push_instruction_lj(lua_State *L, const Proto *proto, int pc)
{
    Instruction code = proto->code[pc];
    OpCode op = GET_OPCODE(code);
    int target = target_of(code, pc);

    lua_createtable(L, 0, 7);       /* instruction */
    lua_pushstring(L, opnames[op]); /* instruction, name */
    lua_setfield(L, -2, "op");      /* instruction */
    set_integer_lj(L, "line", luaG_getfuncline(proto, pc));
    set_integer_lj(L, "a", GETARG_A(code));
    if (getOpMode(op) == iABC) {
        set_integer_lj(L, "b", GETARG_B(code));
        set_integer_lj(L, "c", GETARG_C(code));
        set_boolean_lj(L, "k", GETARG_k(code) != 0);
    } else if (getOpMode(op) == iABx) {
        set_integer_lj(L, "b", GETARG_Bx(code));
    }
    if (testAMode(op)) {
        set_boolean_lj(L, "sets", 1);
    }
    if (target >= 0) {
        set_integer_lj(L, "to", target + 1);
    }
}

/* Stack: [] -> [constant] */
static void push_constant_lj(lua_State *L, const TValue *constant)
{
    if (ttisstring(constant)) {
        lua_pushlstring(L, getstr(tsvalue(constant)), tsslen(tsvalue(constant)));
    } else if (ttisinteger(constant)) {
        lua_pushinteger(L, ivalue(constant));
    } else if (ttisfloat(constant)) {
        lua_pushnumber(L, fltvalue(constant));
    } else {
        lua_pushboolean(L, 0);
    }
}

/* Stack: [function] -> [function] */
static void set_locals_lj(lua_State *L, const Proto *proto)
{
    lua_createtable(L, proto->sizelocvars, 0); /* function, locals */
    for (int i = 0; i < proto->sizelocvars; i++) {
        lua_createtable(L, 0, 3);                             /* function, locals, local */
        lua_pushstring(L, getstr(proto->locvars[i].varname)); /* function, locals, local, name */
        lua_setfield(L, -2, "name");                          /* function, locals, local */
        set_integer_lj(L, "from", proto->locvars[i].startpc + 1);
        set_integer_lj(L, "to", proto->locvars[i].endpc);
        lua_rawseti(L, -2, i + 1); /* function, locals */
    }
    lua_setfield(L, -2, "locals"); /* function */
}

/* Stack: [function] -> [function] */
static void set_upvalues_lj(lua_State *L, const Proto *proto)
{
    lua_createtable(L, proto->sizeupvalues, 0); /* function, upvalues */
    for (int i = 0; i < proto->sizeupvalues; i++) {
        lua_createtable(L, 0, 2); /* function, upvalues, upvalue */
        set_boolean_lj(L, "in_stack", proto->upvalues[i].instack);
        set_integer_lj(L, "index", proto->upvalues[i].idx);
        lua_rawseti(L, -2, i); /* function, upvalues */
    }
    lua_setfield(L, -2, "upvalues"); /* function */
}

/* Stack: [] -> [function] */
static void push_function_lj(lua_State *L, const Proto *proto)
{
    luaL_checkstack(L, 8, "functions are nested too deep");
    lua_createtable(L, 0, 6); /* function */
    set_integer_lj(L, "line", proto->linedefined);
    set_locals_lj(L, proto);
    set_upvalues_lj(L, proto);
    lua_createtable(L, proto->sizecode, 0); /* function, instructions */
    for (int pc = 0; pc < proto->sizecode; pc++) {
        push_instruction_lj(L, proto, pc); /* function, instructions, instruction */
        lua_rawseti(L, -2, pc + 1);        /* function, instructions */
    }
    lua_setfield(L, -2, "instructions"); /* function */
    lua_createtable(L, proto->sizek, 0); /* function, constants */
    for (int i = 0; i < proto->sizek; i++) {
        push_constant_lj(L, &proto->k[i]); /* function, constants, constant */
        lua_rawseti(L, -2, i);             /* function, constants */
    }
    lua_setfield(L, -2, "constants");    /* function */
    lua_createtable(L, proto->sizep, 0); /* function, functions */
    for (int i = 0; i < proto->sizep; i++) {
        push_function_lj(L, proto->p[i]); /* function, functions, inner */
        lua_rawseti(L, -2, i);            /* function, functions */
    }
    lua_setfield(L, -2, "functions"); /* function */
}

static int read_lj(lua_State *L)
{
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *name = luaL_checkstring(L, 2);
    const LClosure *closure;

    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK) { /* text, name, function or message */
        lua_pushnil(L);                                           /* text, name, message, nil */
        lua_insert(L, -2);                                        /* text, name, nil, message */
        return 2;
    }
    closure = lua_topointer(L, -1);
    push_function_lj(L, closure->p); /* text, name, closure, function */
    return 1;
}

LUAMOD_API int luaopen_lure_bytecode(lua_State *L)
{
    static const luaL_Reg functions[] = {{"read", read_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
