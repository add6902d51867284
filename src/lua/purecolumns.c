/* Pure functions for many events at once: each instruction is read once, and carried out for all of them. */
#include "lua/purerun.h"

#include "lua/arithmetic.h"

#include <string.h>

/* A register has one value for all events, its first, or a column of one for each. */
struct columns {
    struct run run;
    uint32_t varying; /* which registers are columns, by bit */
    uint32_t events;
    TValue *registers[REGISTERS];
    TValue *spare; /* where a column is written, before it takes the place of another */
    TValue values[REGISTERS + 1][PURE_EVENTS];
};

static bool varies(const struct columns *columns, int number)
{
    return (columns->varying >> number & 1) != 0;
}

/* How many values an instruction has to do with that reads these two registers. */
static uint32_t rows_of(const struct columns *columns, int one, int other)
{
    return varies(columns, one) || varies(columns, other) ? columns->events : 1;
}

/* The spare column becomes register `number`; it has so many values. */
static void store(struct columns *columns, int number, uint32_t rows)
{
    TValue *before = columns->registers[number];

    columns->registers[number] = columns->spare;
    columns->spare = before;
    columns->varying &= ~(UINT32_C(1) << number);
    columns->varying |= (uint32_t)(rows > 1) << number;
}

/* The one value of a register, which is about to be written. */
static TValue *single(struct columns *columns, int number)
{
    columns->varying &= ~(UINT32_C(1) << number);
    return columns->registers[number];
}

static void move(struct columns *columns, int to, int from)
{
    uint32_t rows = rows_of(columns, from, from);

    memcpy(columns->spare, columns->registers[from], rows * sizeof(TValue));
    store(columns, to, rows);
}

/* Calls the function in register `number` with what is in the one behind it. False: not all could be. */
static bool call(struct columns *columns, int number)
{
    const TValue *argument = columns->registers[number + 1];
    uint32_t rows = rows_of(columns, number + 1, number + 1);

    if (varies(columns, number) || !run_knows(&columns->run, columns->registers[number])) {
        return false;
    }
    for (uint32_t i = 0; i < rows; i++) {
        if (!run_integer(&argument[i], &columns->spare[i])) {
            return false;
        }
    }
    store(columns, number, rows);
    return true;
}

/* Arithmetic; `right` is NULL: it is register C. False: not of all these values. */
static bool calculate(struct columns *columns, Instruction i, OpCode operation, const TValue *right)
{
    const TValue *left = columns->registers[GETARG_B(i)];
    size_t left_step = varies(columns, GETARG_B(i)), right_step = 0;
    uint32_t rows = rows_of(columns, GETARG_B(i), GETARG_B(i));

    if (right == NULL) {
        right = columns->registers[GETARG_C(i)];
        right_step = varies(columns, GETARG_C(i));
        rows = rows_of(columns, GETARG_B(i), GETARG_C(i));
    }
    for (uint32_t row = 0; row < rows; row++) {
        if (!arithmetic(columns->run.L, operation, left, right, &columns->spare[row])) {
            return false;
        }
        left += left_step;
        right += right_step;
    }
    store(columns, GETARG_A(i), rows);
    return true;
}

static enum truth test(const struct columns *columns, Instruction i, uint32_t row)
{
    const TValue *a = columns->registers[GETARG_A(i)] + (varies(columns, GETARG_A(i)) ? row : 0);

    switch (GET_OPCODE(i)) {
    case OP_TEST:
        return l_isfalse(a) ? UNTRUE : TRUE;
    case OP_EQI:
        if (ttisinteger(a)) {
            return ivalue(a) == GETARG_sB(i) ? TRUE : UNTRUE;
        }
        return run_compare_number(OP_EQI, a, GETARG_sB(i));
    case OP_EQK:
        return run_compare(OP_EQ, a, &columns->run.closure->p->k[GETARG_B(i)]);
    default:
        return run_compare_number(GET_OPCODE(i), a, GETARG_sB(i));
    }
}

/* What follows a condition; NULL: not the same for all. */
static const Instruction *branch(const struct columns *columns, const Instruction *next, Instruction i)
{
    uint32_t rows = rows_of(columns, GETARG_A(i), GETARG_A(i));
    enum truth truth = test(columns, i, 0);

    for (uint32_t row = 1; row < rows; row++) {
        if (test(columns, i, row) != truth) {
            return NULL;
        }
    }
    return truth != UNSURE ? run_follow(next, i, truth == TRUE) : NULL;
}

/* What is in the register is returned. Answers for how many events. */
static uint32_t give(const struct columns *columns, int number, struct pure_value *results)
{
    const TValue *values = columns->registers[number];
    size_t step = varies(columns, number);

    for (uint32_t i = 0; i < columns->events; i++) {
        if (!run_set_result(&results[i], &values[i * step])) {
            return i;
        }
    }
    return columns->events;
}

/* The rest for each event by itself. */
static uint32_t finish(struct columns *columns, const Instruction *pc, struct pure_value *results)
{
    for (uint32_t i = 0; i < columns->events; i++) {
        for (int number = 0; number < columns->run.closure->p->maxstacksize; number++) {
            columns->run.registers[number] = columns->registers[number][varies(columns, number) ? i : 0];
        }
        if (!run_from(&columns->run, pc, &results[i])) {
            return i;
        }
    }
    return columns->events;
}

#define A (GETARG_A(i))
#define B (GETARG_B(i))

/* Carries one instruction out that goes on with the next. False: not for all. */
static bool carry_out(struct columns *columns, Instruction i)
{
    const LClosure *closure = columns->run.closure;
    TValue number;

    switch (GET_OPCODE(i)) {
    case OP_MOVE:
        move(columns, A, B);
        return true;
    case OP_LOADI:
        setivalue(single(columns, A), GETARG_sBx(i));
        return true;
    case OP_LOADK:
        setobj(columns->run.L, single(columns, A), &closure->p->k[GETARG_Bx(i)]);
        return true;
    case OP_GETUPVAL:
        setobj(columns->run.L, single(columns, A), AT(closure->upvals[B]->v));
        return true;
    case OP_CALL:
        return B == 2 && GETARG_C(i) == 2 && call(columns, A);
    case OP_ADDI:
        setivalue(&number, GETARG_sC(i));
        return calculate(columns, i, OP_ADD, &number);
    default:
        if (GET_OPCODE(i) >= OP_ADDK && GET_OPCODE(i) <= OP_BXORK) {
            return calculate(columns, i, GET_OPCODE(i), &closure->p->k[GETARG_C(i)]);
        }
        return GET_OPCODE(i) >= OP_ADD && GET_OPCODE(i) <= OP_SHR &&
               calculate(columns, i, GET_OPCODE(i), NULL);
    }
}

static uint32_t run_columns(struct columns *columns, struct pure_value *results)
{
    const Instruction *pc = columns->run.closure->p->code;

    for (;;) {
        const Instruction i = *pc, *next = pc + 1;

        switch (GET_OPCODE(i)) {
        case OP_RETURN1:
            return give(columns, A, results);
        case OP_JMP:
            next = run_jump(pc);
            break;
        case OP_TEST:
        case OP_EQK:
        case OP_EQI:
        case OP_LTI:
        case OP_LEI:
        case OP_GTI:
        case OP_GEI:
            next = branch(columns, next, i);
            break;
        default:
            if (!carry_out(columns, i)) {
                next = NULL;
            } else if (run_is_arithmetic(GET_OPCODE(i))) {
                next++; /* the metamethod is not needed */
            }
        }
        if (next == NULL) {
            return finish(columns, pc, results);
        }
        pc = next;
    }
}

uint32_t pure_answer_all(lua_State *L, const struct LClosure *function, const struct pure_known *known,
                         const struct pure_text *values, uint32_t events, const struct pure_value *arguments,
                         int count, struct pure_value *results)
{
    struct columns columns;

    run_begin(L, function, known, NULL, &columns.run);
    columns.events = events;
    columns.varying = events > 1 && count > 0;
    for (int i = 0; i < REGISTERS; i++) {
        columns.registers[i] = columns.values[i];
    }
    columns.spare = columns.values[REGISTERS];
    for (uint32_t i = 0; i < events && count > 0; i++) {
        columns.registers[0][i].value_.p = (void *)(uintptr_t)&values[i];
        settt_(&columns.registers[0][i], TEXT_TAG);
    }
    for (int i = 1; i < count; i++) {
        run_set_value(L, columns.registers[i], &arguments[i - 1]);
    }
    return run_columns(&columns, results);
}

uint32_t pure_answer_each(lua_State *L, const struct LClosure *function, const struct pure_known *known,
                          const struct pure_text *values, uint32_t events, const struct pure_value *arguments,
                          int count, struct pure_value *results)
{
    struct pure_value all[PURE_ARGUMENTS];
    uint32_t i = 0;

    for (int k = 1; k < count; k++) {
        all[k] = arguments[k - 1];
    }
    for (; i < events; i++) {
        all[0] = (struct pure_value){.kind = PURE_TEXT, .text = values[i]};
        if (!pure_answer(L, function, known, all, count, &results[i])) {
            break;
        }
    }
    return i;
}
