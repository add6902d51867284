#include "lua/evalcode.h"

#include "lopcodes.h"
#include "lstate.h"

#include <string.h>

_Static_assert(REGISTERS * sizeof(TValue) <= UINT8_MAX + 1, "a register's offset is a byte");

/* Where an instruction has its last operand. */
enum operand {
    NO_OPERAND,
    REGISTER_B,
    REGISTER_C,
    CONSTANT_B,
    CONSTANT_C,
    CONSTANT_BX,
    INTEGER_B, /* signed, as the following */
    INTEGER_C,
    INTEGER_BX,
    INDEX_C, /* not signed */
    VALUE_FALSE,
    VALUE_TRUE
};

struct form {
    enum operation_kind kind;
    enum operand operand;
    OpCode opcode;
    bool swapped;
};

/* By opcode; what is not here is DO_CALL. */
static const struct form forms[NUM_OPCODES] = {
    [OP_MOVE] = {.kind = DO_MOVE},
    [OP_LOADI] = {.kind = DO_LOAD, .operand = INTEGER_BX},
    [OP_LOADK] = {.kind = DO_LOAD, .operand = CONSTANT_BX},
    [OP_LOADFALSE] = {.kind = DO_LOAD, .operand = VALUE_FALSE},
    [OP_LFALSESKIP] = {.kind = DO_LOAD_SKIP, .operand = VALUE_FALSE},
    [OP_LOADTRUE] = {.kind = DO_LOAD, .operand = VALUE_TRUE},
    [OP_LOADNIL] = {.kind = DO_LOAD_NIL},
    [OP_GETUPVAL] = {.kind = DO_GET_UPVALUE},
    [OP_SETUPVAL] = {.kind = DO_SET_UPVALUE},
    [OP_GETTABUP] = {.kind = DO_GET_UPFIELD, .operand = CONSTANT_C},
    [OP_GETTABLE] = {.kind = DO_GET_KEY, .operand = REGISTER_C},
    [OP_GETI] = {.kind = DO_GET_KEY, .operand = INDEX_C},
    [OP_GETFIELD] = {.kind = DO_GET_FIELD, .operand = CONSTANT_C},
    [OP_NEWTABLE] = {.kind = DO_NEW_LIST},
    [OP_SETTABLE] = {.kind = DO_APPEND},
    [OP_TFORPREP] = {.kind = DO_JUMP},
    [OP_TFORCALL] = {.kind = DO_NEXT},
    [OP_CLOSE] = {.kind = DO_JUMP},
    [OP_SETFIELD] = {.kind = DO_SET_FIELD, .operand = CONSTANT_B},
    [OP_ADDI] = {.kind = DO_ADD_INTEGER, .operand = INTEGER_C},
    [OP_ADDK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_ADD},
    [OP_SUBK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_SUB},
    [OP_MULK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_MUL},
    [OP_MODK] = {.kind = DO_MODULO, .operand = CONSTANT_C, .opcode = OP_MOD},
    [OP_IDIVK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_IDIV},
    [OP_BANDK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_BAND},
    [OP_BORK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_BOR},
    [OP_BXORK] = {.kind = DO_ARITHMETIC, .operand = CONSTANT_C, .opcode = OP_BXOR},
    [OP_SHRI] = {.kind = DO_ARITHMETIC, .operand = INTEGER_C, .opcode = OP_SHR},
    [OP_SHLI] = {.kind = DO_ARITHMETIC, .operand = INTEGER_C, .opcode = OP_SHL, .swapped = true},
    [OP_ADD] = {.kind = DO_ADD, .operand = REGISTER_C},
    [OP_SUB] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_SUB},
    [OP_MUL] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_MUL},
    [OP_MOD] = {.kind = DO_MODULO, .operand = REGISTER_C, .opcode = OP_MOD},
    [OP_IDIV] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_IDIV},
    [OP_BAND] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_BAND},
    [OP_BOR] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_BOR},
    [OP_BXOR] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_BXOR},
    [OP_SHL] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_SHL},
    [OP_SHR] = {.kind = DO_ARITHMETIC, .operand = REGISTER_C, .opcode = OP_SHR},
    [OP_NOT] = {.kind = DO_NOT},
    [OP_LEN] = {.kind = DO_LENGTH},
    [OP_CONCAT] = {.kind = DO_JOIN},
    [OP_JMP] = {.kind = DO_JUMP},
    [OP_EQ] = {.kind = DO_COMPARE, .operand = REGISTER_B, .opcode = OP_EQ},
    [OP_LT] = {.kind = DO_COMPARE, .operand = REGISTER_B, .opcode = OP_LT},
    [OP_LE] = {.kind = DO_COMPARE, .operand = REGISTER_B, .opcode = OP_LE},
    [OP_EQK] = {.kind = DO_COMPARE, .operand = CONSTANT_B, .opcode = OP_EQ},
    [OP_EQI] = {.kind = DO_EQUAL_INTEGER, .operand = INTEGER_B, .opcode = OP_EQ},
    [OP_LTI] = {.kind = DO_COMPARE, .operand = INTEGER_B, .opcode = OP_LT},
    [OP_LEI] = {.kind = DO_COMPARE, .operand = INTEGER_B, .opcode = OP_LE},
    [OP_GTI] = {.kind = DO_COMPARE, .operand = INTEGER_B, .opcode = OP_LT, .swapped = true},
    [OP_GEI] = {.kind = DO_COMPARE, .operand = INTEGER_B, .opcode = OP_LE, .swapped = true},
    [OP_TEST] = {.kind = DO_TEST},
    [OP_TESTSET] = {.kind = DO_TEST_SET},
    [OP_CALL] = {.kind = DO_FUNCTION},
    [OP_TAILCALL] = {.kind = DO_TAIL_FUNCTION},
    [OP_RETURN] = {.kind = DO_RETURN}, /* of functions with a loop */
    [OP_RETURN0] = {.kind = DO_RETURN_NIL},
    [OP_RETURN1] = {.kind = DO_RETURN},
};

/* A function's registers are below REGISTERS, or it is none of Lua's compiler. */
static uint8_t offset_of(int number)
{
    return (uint8_t)((size_t)number % REGISTERS * sizeof(TValue));
}

static void set_constant(struct operation *to, const TValue *constant)
{
    to->constant = *constant;
    to->has_constant = true;
}

static void set_integer(struct operation *to, lua_Integer integer)
{
    setivalue(&to->constant, integer);
    to->has_constant = true;
}

static void decode_operand(struct operation *to, enum operand operand, Instruction i, const TValue *constants)
{
    switch (operand) {
    case REGISTER_B:
        to->c = to->b;
        break;
    case CONSTANT_B:
        set_constant(to, &constants[GETARG_B(i)]);
        break;
    case CONSTANT_C:
        set_constant(to, &constants[GETARG_C(i)]);
        break;
    case CONSTANT_BX:
        set_constant(to, &constants[GETARG_Bx(i)]);
        break;
    case INTEGER_B:
        set_integer(to, GETARG_sB(i));
        break;
    case INTEGER_C:
        set_integer(to, GETARG_sC(i));
        break;
    case INTEGER_BX:
        set_integer(to, GETARG_sBx(i));
        break;
    case INDEX_C:
        set_integer(to, GETARG_C(i));
        break;
    case VALUE_FALSE:
        setbfvalue(&to->constant);
        break;
    case VALUE_TRUE:
        setbtvalue(&to->constant);
        break;
    case REGISTER_C:
    case NO_OPERAND:
        break;
    }
}

/* The key that is most often asked of an event. */
static bool is_data(const TValue *key)
{
    static const char data[4] = "data";

    return tsslen(tsvalue(key)) == sizeof(data) && memcmp(getstr(tsvalue(key)), data, sizeof(data)) == 0;
}

/* Has it `count` registers from A on? */
static bool has_registers(Instruction i, int count)
{
    return count >= 0 && GETARG_A(i) + count <= REGISTERS;
}

/* The operation number `to`. No further on than `place`: DO_CALL. */
static struct operation *operation_at(struct eval_function *function, int place, int to)
{
    return &function->operations[to > place && to < function->length ? to : function->length];
}

/* The operation that the jump at `place` leads to. */
static struct operation *target(struct eval_function *function, int place)
{
    const Instruction *code = function->closure->p->code;
    int to = place < function->length && GET_OPCODE(code[place]) == OP_JMP
                 ? place + 1 + GETARG_sJ(code[place])
                 : function->length;

    return operation_at(function, place, to);
}

/* May the instruction put a text or a document into a register before `number`? */
static bool keeps_text(Instruction i, int number)
{
    switch (forms[GET_OPCODE(i)].kind) {
    case DO_MOVE:
    case DO_TEST_SET:
    case DO_GET_FIELD:
    case DO_GET_KEY:
    case DO_FUNCTION:
    case DO_JOIN:
        return GETARG_A(i) < number;
    default:
        return false;
    }
}

/* Completes the DO_NEXT at `place`, with the jump back behind it. False: that is none of a loop. */
static bool decode_loop(struct eval_function *function, int place, struct operation *to)
{
    const Instruction *code = function->closure->p->code;
    const int first = GETARG_A(code[place]);
    int begin;

    if (place + 1 >= function->length || GET_OPCODE(code[place + 1]) != OP_TFORLOOP ||
        GETARG_A(code[place + 1]) != first || GETARG_C(code[place]) > 2) {
        return false;
    }
    begin = place + 2 - GETARG_Bx(code[place + 1]);
    if (begin < 0 || begin > place || place - begin >= UINT8_MAX) {
        return false;
    }
    to->to = &function->operations[begin];
    to->count = (uint8_t)(place - begin + 1);
    to->truth = true;
    for (int i = begin; i < place; i++) {
        to->truth = to->truth && !keeps_text(code[i], first);
    }
    return true;
}

/* Makes the DO_FUNCTION at `place` one that begins a loop, if it does. */
static bool decode_call(const struct eval_function *function, int place, struct operation *to)
{
    const Instruction *code = function->closure->p->code, i = code[place];

    if (GETARG_C(i) == 5 && GETARG_B(i) == 2) { /* four results, as loops have them */
        to->kind = DO_ITERATE;
        return has_registers(i, 4) && place + 1 < function->length &&
               GET_OPCODE(code[place + 1]) == OP_TFORPREP;
    }
    return GETARG_C(i) == 2;
}

static void decode(struct eval_function *function, int place)
{
    const Instruction i = function->closure->p->code[place];
    const TValue *constants = function->closure->p->k;
    const struct form *form = &forms[GET_OPCODE(i)];
    struct operation *to = &function->operations[place];
    bool is_known = true;

    *to = (struct operation){.kind = (uint8_t)form->kind,
                             .a = offset_of(GETARG_A(i)),
                             .b = offset_of(GETARG_B(i)),
                             .c = offset_of(GETARG_C(i)),
                             .opcode = (uint8_t)form->opcode,
                             .truth = GETARG_k(i),
                             .swapped = form->swapped};
    decode_operand(to, form->operand, i, constants);
    switch (form->kind) {
    case DO_FUNCTION:
    case DO_TAIL_FUNCTION:
        to->count = (uint8_t)(GETARG_B(i) - 1);
        is_known = GETARG_B(i) > 0 && has_registers(i, GETARG_B(i)) &&
                   (form->kind == DO_TAIL_FUNCTION || decode_call(function, place, to));
        break;
    case DO_RETURN:
        if (GET_OPCODE(i) == OP_RETURN) {
            to->kind = GETARG_B(i) == 1 ? DO_RETURN_NIL : DO_RETURN;
            is_known = GETARG_B(i) == 1 || GETARG_B(i) == 2;
        }
        break;
    case DO_NEXT:
        is_known = has_registers(i, 6) && decode_loop(function, place, to);
        break;
    case DO_LOAD_NIL:
        to->count = (uint8_t)GETARG_B(i);
        is_known = has_registers(i, GETARG_B(i) + 1);
        break;
    case DO_JOIN:
        to->count = (uint8_t)GETARG_B(i);
        is_known = has_registers(i, GETARG_B(i));
        break;
    case DO_GET_UPVALUE:
    case DO_SET_UPVALUE:
    case DO_GET_UPFIELD:
        to->upvalue = &function->closure->upvals[GETARG_B(i)];
        break;
    case DO_SET_FIELD:
    case DO_APPEND:
        to->value = GETARG_k(i) ? &constants[GETARG_C(i)] : NULL;
        break;
    case DO_GET_FIELD:
        if (is_data(&to->constant)) {
            to->kind = DO_GET_DATA;
        }
        break;
    case DO_JUMP:
        to->to = GET_OPCODE(i) == OP_TFORPREP ? operation_at(function, place, place + 1 + GETARG_Bx(i))
                 : GET_OPCODE(i) == OP_CLOSE  ? operation_at(function, place, place + 1)
                                              : target(function, place);
        break;
    case DO_TEST:
    case DO_TEST_SET:
    case DO_EQUAL_INTEGER:
    case DO_COMPARE:
        to->to = target(function, place + 1);
        break;
    case DO_CALL:
    case DO_NEW_LIST:
    case DO_ITERATE:
    case DO_RETURN_NIL:
    case DO_MOVE:
    case DO_LOAD:
    case DO_LOAD_SKIP:
    case DO_GET_DATA:
    case DO_GET_KEY:
    case DO_NOT:
    case DO_LENGTH:
    case DO_ADD:
    case DO_ADD_INTEGER:
    case DO_MODULO:
    case DO_ARITHMETIC:
        break;
    }
    if (!is_known) {
        to->kind = DO_CALL;
    }
}

void evalcode_decode(struct eval_function *function)
{
    memset(&function->operations[function->length], 0, 2 * sizeof(function->operations[0])); /* DO_CALL */
    for (int place = 0; place < function->length; place++) {
        decode(function, place);
    }
}
