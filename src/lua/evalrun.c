#include "lua/evalrun.h"

#include "lua/arithmetic.h"

#include "ltable.h"

#include "lopcodes.h"

const TValue run_again = {.tt_ = LUA_VNIL};

#define OPERATION(name) static const TValue *name(struct run *run, struct operation *operation)

/* Not part of what is inlined: what calls nothing needs no stack. */
#define SLOWLY static __attribute__((noinline)) const TValue *

/* The registers of an operation. */
#define A       at(run, operation->a)
#define B       at(run, operation->b)
#define C       at(run, operation->c)
#define UPVALUE AT((*operation->upvalue)->v)

static inline TValue *at(struct run *run, size_t offset)
{
    return (TValue *)(void *)((char *)run->registers + offset);
}

/* The last operand: the constant, or C. */
static inline const TValue *last(struct run *run, const struct operation *operation)
{
    return operation->has_constant ? &operation->constant : C;
}

static inline const TValue *go_on(struct run *run, struct operation *next)
{
    return next->carry_out(run, next);
}

/* Goes on, unless only Lua knows what the operation stores. */
static inline const TValue *go_on_if(bool done, struct run *run, struct operation *next)
{
    return done ? go_on(run, next) : NULL;
}

/* What follows a condition. */
static inline const TValue *follow(struct run *run, struct operation *operation, bool truth)
{
    return go_on(run, truth == operation->truth ? operation->to : operation + 2);
}

/* ---- functions ---- */

OPERATION(abandon)
{
    (void)run;
    (void)operation;
    return NULL;
}

OPERATION(return_value)
{
    return A;
}

OPERATION(return_nil)
{
    static const TValue nil = {.tt_ = LUA_VNIL};

    (void)run;
    (void)operation;
    return &nil;
}

OPERATION(call_function)
{
    return go_on_if(values_call(run, A, operation->count), run, operation + 1);
}

OPERATION(return_call)
{
    return values_call(run, A, operation->count) ? A : NULL;
}

/* ---- copies ---- */

OPERATION(move)
{
    copy_value(A, B);
    return go_on(run, operation + 1);
}

OPERATION(load)
{
    copy_value(A, &operation->constant);
    return go_on(run, operation + 1);
}

OPERATION(load_skip)
{
    copy_value(A, &operation->constant);
    return go_on(run, operation + 2);
}

OPERATION(load_nil)
{
    for (int n = 0; n <= operation->count; n++) {
        setnilvalue(A + n);
    }
    return go_on(run, operation + 1);
}

OPERATION(get_upvalue)
{
    copy_value(A, UPVALUE);
    return go_on(run, operation + 1);
}

OPERATION(set_upvalue)
{
    return go_on_if(values_write(run, UPVALUE, A), run, operation + 1);
}

/* ---- tables ---- */

/* Where a table has the key of the operation, if that is where it was last. NULL: it is not. */
static inline const TValue *hinted_slot(const Table *table, const struct operation *operation)
{
    const Node *node;

    if (operation->hint >> table->lsizenode != 0) {
        return NULL;
    }
    node = gnode(table, operation->hint);
    return keyisshrstr(node) && keystrval(node) == tsvalue(&operation->constant) ? gval(node) : NULL;
}

/* Where a table has the key of the operation. */
static const TValue *find_slot(Table *table, struct operation *operation)
{
    const TValue *slot = luaH_getshortstr(table, tsvalue(&operation->constant));

    if (!isabstkey(slot)) {
        operation->hint = (unsigned)((const Node *)slot - gnode(table, 0));
    }
    return slot;
}

SLOWLY get_field_slowly(struct run *run, struct operation *operation, const TValue *from)
{
    bool done = ttistable(from) ? values_found(hvalue(from), find_slot(hvalue(from), operation), A)
                                : values_get_of_object(run, from, tsvalue(&operation->constant), A);

    return go_on_if(done, run, operation + 1);
}

/* from.key */
static inline const TValue *get_field_of(struct run *run, struct operation *operation, const TValue *from)
{
    const TValue *slot = ttistable(from) ? hinted_slot(hvalue(from), operation) : NULL;

    if (slot == NULL || isempty(slot)) {
        return get_field_slowly(run, operation, from);
    }
    copy_value(A, slot);
    return go_on(run, operation + 1);
}

OPERATION(get_upfield)
{
    return get_field_of(run, operation, UPVALUE);
}

OPERATION(get_field)
{
    return get_field_of(run, operation, B);
}

/* event.data */
OPERATION(get_data)
{
    const struct eval_record *record = B->value_.p;

    if (rawtt(B) != RECORD_TAG || record->data.data == NULL) {
        return get_field(run, operation);
    }
    set_foreign(A, TEXT_TAG, &record->data);
    return go_on(run, operation + 1);
}

/* A.key = value, where it has one already. */
OPERATION(set_field)
{
    const TValue *value = operation->value != NULL ? operation->value : C, *slot;

    if (!ttistable(A)) {
        return NULL;
    }
    slot = hinted_slot(hvalue(A), operation);
    slot = slot != NULL ? slot : find_slot(hvalue(A), operation);
    return go_on_if(!isempty(slot) && values_write(run, (TValue *)(uintptr_t)slot, value), run,
                    operation + 1);
}

OPERATION(get_key)
{
    return go_on_if(values_get_key(run, B, last(run, operation), A), run, operation + 1);
}

/* ---- lists and loops ---- */

OPERATION(new_list)
{
    return go_on_if(values_new_list(run, A), run, operation + 2);
}

OPERATION(append)
{
    const TValue *value = operation->value != NULL ? operation->value : C;

    return go_on_if(values_append(A, B, value), run, operation + 1);
}

OPERATION(iterate)
{
    return go_on_if(values_iterate(run, A), run, operation + 1);
}

/* Where the compiler makes no jumps of calls, only a return does not need more stack for each iteration. */
OPERATION(next)
{
    if (!values_next(run, A, operation->count, operation->truth)) {
        return NULL;
    }
    run->next = ttisnil(A + 4) ? operation + 2 : operation->to;
    return &run_again;
}

/* ---- arithmetic and texts ---- */

OPERATION(add)
{
    if (!ttisinteger(B) || !ttisinteger(C)) {
        return NULL;
    }
    setivalue(A, l_castU2S(l_castS2U(ivalue(B)) + l_castS2U(ivalue(C))));
    return go_on(run, operation + 2);
}

OPERATION(add_integer)
{
    if (!ttisinteger(B)) {
        return NULL;
    }
    setivalue(A, l_castU2S(l_castS2U(ivalue(B)) + l_castS2U(ivalue(&operation->constant))));
    return go_on(run, operation + 2);
}

OPERATION(calculate)
{
    const TValue *left = operation->swapped ? last(run, operation) : B;
    const TValue *right = operation->swapped ? B : last(run, operation);

    return go_on_if(arithmetic(run->L, operation->opcode, left, right, A), run, operation + 2);
}

/* Of numbers that are not below 0, as most are. */
OPERATION(modulo)
{
    const TValue *left = B, *right = last(run, operation);

    if (!ttisinteger(left) || !ttisinteger(right) || ivalue(left) < 0 || ivalue(right) <= 0) {
        return calculate(run, operation);
    }
    setivalue(A, ivalue(left) % ivalue(right));
    return go_on(run, operation + 2);
}

OPERATION(get_length)
{
    return go_on_if(values_get_length(B, A), run, operation + 1);
}

OPERATION(join)
{
    return go_on_if(values_join(run, A, operation->count), run, operation + 1);
}

/* ---- conditions ---- */

OPERATION(negate)
{
    settt_(A, l_isfalse(B) ? LUA_VTRUE : LUA_VFALSE);
    return go_on(run, operation + 1);
}

OPERATION(jump)
{
    return go_on(run, operation->to);
}

OPERATION(test)
{
    return follow(run, operation, !l_isfalse(A));
}

OPERATION(test_set)
{
    if (l_isfalse(B) == operation->truth) {
        return go_on(run, operation + 2);
    }
    copy_value(A, B);
    return go_on(run, operation->to);
}

SLOWLY compare_slowly(struct run *run, struct operation *operation, const TValue *left, const TValue *right)
{
    enum truth truth = operation->opcode == OP_EQ ? values_equal(left, right) : UNSURE;

    return truth != UNSURE ? follow(run, operation, truth == TRUE) : NULL;
}

OPERATION(compare)
{
    const TValue *left = operation->swapped ? last(run, operation) : A;
    const TValue *right = operation->swapped ? A : last(run, operation);

    if (!ttisinteger(left) || !ttisinteger(right)) {
        return compare_slowly(run, operation, left, right);
    }
    switch (operation->opcode) {
    case OP_EQ:
        return follow(run, operation, ivalue(left) == ivalue(right));
    case OP_LT:
        return follow(run, operation, ivalue(left) < ivalue(right));
    default: /* OP_LE */
        return follow(run, operation, ivalue(left) <= ivalue(right));
    }
}

OPERATION(equal_integer)
{
    return ttisinteger(A) ? follow(run, operation, ivalue(A) == ivalue(&operation->constant))
                          : compare(run, operation);
}

/* ---- all of them ---- */

static operation_function *const functions[] = {
    [DO_CALL] = abandon,
    [DO_RETURN] = return_value,
    [DO_RETURN_NIL] = return_nil,
    [DO_FUNCTION] = call_function,
    [DO_TAIL_FUNCTION] = return_call,
    [DO_MOVE] = move,
    [DO_LOAD] = load,
    [DO_LOAD_SKIP] = load_skip,
    [DO_LOAD_NIL] = load_nil,
    [DO_GET_UPVALUE] = get_upvalue,
    [DO_SET_UPVALUE] = set_upvalue,
    [DO_GET_UPFIELD] = get_upfield,
    [DO_GET_FIELD] = get_field,
    [DO_GET_DATA] = get_data,
    [DO_GET_KEY] = get_key,
    [DO_SET_FIELD] = set_field,
    [DO_NEW_LIST] = new_list,
    [DO_APPEND] = append,
    [DO_ITERATE] = iterate,
    [DO_NEXT] = next,
    [DO_NOT] = negate,
    [DO_LENGTH] = get_length,
    [DO_JOIN] = join,
    [DO_ADD] = add,
    [DO_ADD_INTEGER] = add_integer,
    [DO_MODULO] = modulo,
    [DO_ARITHMETIC] = calculate,
    [DO_JUMP] = jump,
    [DO_TEST] = test,
    [DO_TEST_SET] = test_set,
    [DO_EQUAL_INTEGER] = equal_integer,
    [DO_COMPARE] = compare,
};

void run_prepare(struct eval_function *function)
{
    for (int i = 0; i < function->length + 2; i++) {
        function->operations[i].carry_out = functions[function->operations[i].kind];
    }
}
