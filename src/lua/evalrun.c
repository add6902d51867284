/* The values and the instructions of a pure function, one event at a time. */
#include "lua/evalrun.h"

#include "lua/arithmetic.h"
#include "lua/integertext.h"

#include "ltable.h"
#include "lvm.h"

#include <string.h>

/* So many digits are an integer of Lua's, whatever they are. */
#define SAFE_DIGITS 18

static void set_foreign(TValue *to, int tag, const void *what)
{
    to->value_.p = (void *)(uintptr_t)what;
    settt_(to, tag);
}

void run_set_value(lua_State *L, TValue *to, const struct eval_value *from)
{
    if (from->kind == EVAL_TEXT) { /* the most common first */
        set_foreign(to, TEXT_TAG, &from->text);
    } else if (from->kind == EVAL_KEPT) {
        setobj(L, to, run_kept(L, from->place));
    } else if (from->kind == EVAL_INTEGER) {
        setivalue(to, from->integer);
    } else if (from->kind == EVAL_RECORD) {
        set_foreign(to, RECORD_TAG, from->record);
    } else if (from->kind == EVAL_BOOLEAN) {
        settt_(to, from->boolean ? LUA_VTRUE : LUA_VFALSE);
    } else {
        setnilvalue(to);
    }
}

/* The bytes of a string or a text; `data` is NULL: it is neither. */
static struct eval_text text_of(const TValue *value)
{
    if (rawtt(value) == TEXT_TAG) {
        return *(const struct eval_text *)value->value_.p;
    }
    if (ttisstring(value)) {
        return (struct eval_text){getstr(tsvalue(value)), tsslen(tsvalue(value))};
    }
    return (struct eval_text){NULL, 0};
}

/* Makes a result of a value, which is no integer. False: it cannot be one. */
static bool set_any_result(struct eval_value *result, const TValue *value)
{
    switch (rawtt(value)) {
    case LUA_VNIL:
        *result = (struct eval_value){.kind = EVAL_NIL};
        return true;
    case LUA_VFALSE:
    case LUA_VTRUE:
        *result = (struct eval_value){.kind = EVAL_BOOLEAN, .boolean = rawtt(value) == LUA_VTRUE};
        return true;
    default:
        *result = (struct eval_value){.kind = EVAL_TEXT, .text = text_of(value)};
        return result->text.data != NULL;
    }
}

/* The same of any. */
static inline bool set_result(struct eval_value *result, const TValue *value)
{
    if (ttisinteger(value)) {
        result->kind = EVAL_INTEGER;
        result->integer = ivalue(value);
        return true;
    }
    return set_any_result(result, value);
}

/* Makes `to` a text of the run's own. False: there are too many. */
static bool set_text(struct run *run, struct eval_text text, TValue *to)
{
    if (run->text_count == TEXTS) {
        return false;
    }
    run->texts[run->text_count] = text;
    set_foreign(to, TEXT_TAG, &run->texts[run->text_count++]);
    return true;
}

/* What a record has under the key. */
static bool look(struct run *run, const struct eval_record *record, const TString *key, TValue *to)
{
    static const char data[4] = "data";
    struct eval_value value;

    if (record->data.data != NULL && tsslen(key) == sizeof(data) &&
        memcmp(getstr(key), data, sizeof(data)) == 0) {
        set_foreign(to, TEXT_TAG, &record->data);
        return true;
    }
    if (!record->look(record->of, getstr(key), &value) || value.kind >= EVAL_KEPT) {
        return false;
    }
    if (value.kind == EVAL_TEXT) {
        return set_text(run, value.text, to);
    }
    run_set_value(run->L, to, &value);
    return true;
}

/* Stores what was found in the table, where no metatable has to say anything. */
static inline bool found(const Table *table, const TValue *slot, TValue *to)
{
    if (!isempty(slot)) {
        *to = *slot;
        return true;
    }
    setnilvalue(to);
    return table->metatable == NULL;
}

/* luaH_getshortstr, where it most often ends. */
static inline const TValue *find_slot(Table *table, TString *name)
{
    Node *node = gnode(table, lmod(name->hash, sizenode(table)));

    return keyisshrstr(node) && keystrval(node) == name ? gval(node) : luaH_getshortstr(table, name);
}

/* from.key */
static inline bool get_field(struct run *run, const TValue *from, const TValue *key, TValue *to)
{
    if (ttistable(from)) {
        return found(hvalue(from), find_slot(hvalue(from), tsvalue(key)), to);
    }
    return rawtt(from) == RECORD_TAG && look(run, from->value_.p, tsvalue(key), to);
}

static bool get_number(const TValue *from, lua_Integer key, TValue *to)
{
    return ttistable(from) && found(hvalue(from), luaH_getint(hvalue(from), key), to);
}

/* from[key] */
static bool get_key(const TValue *from, const TValue *key, TValue *to)
{
    if (ttisinteger(key)) {
        return get_number(from, ivalue(key), to);
    }
    return ttistable(from) && ttisstring(key) && found(hvalue(from), luaH_get(hvalue(from), key), to);
}

/* #of */
static bool get_length(const TValue *of, TValue *to)
{
    struct eval_text text = text_of(of);

    setivalue(to, (lua_Integer)text.size);
    return text.data != NULL;
}

/* Adds the text of a value to what is joined, as `..` does. */
static bool add_text(struct run *run, const TValue *value)
{
    struct eval_text text = text_of(value);
    char digits[INTEGER_TEXT];

    if (ttisinteger(value)) {
        text.data = integer_text(ivalue(value), digits, &text.size);
    }
    if (text.data == NULL || text.size > JOINED - run->joined_size) {
        return false;
    }
    memcpy(run->joined + run->joined_size, text.data, text.size);
    run->joined_size += text.size;
    return true;
}

/* Joins the values from `first` on. */
static bool join(struct run *run, TValue *first, int count)
{
    size_t before = run->joined_size;

    if (run->joined == NULL) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        if (!add_text(run, first + i)) {
            return false;
        }
    }
    return set_text(run, (struct eval_text){run->joined + before, run->joined_size - before}, first);
}

/* What a function that reads an integer makes of the argument. False: only Lua knows. */
static bool read_integer(const TValue *argument, TValue *to)
{
    struct eval_text text = text_of(argument);
    uint64_t number;

    if (ttisinteger(argument)) {
        *to = *argument;
        return true;
    }
    if (text.data == NULL || text.size > SAFE_DIGITS || !integer_read(text.data, text.size, &number)) {
        return false;
    }
    setivalue(to, (lua_Integer)number);
    return true;
}

/* The state of math.random, which is to be changed; NULL: `function` is something else, or it must not. */
static struct mathrandom *random_state(struct run *run, const TValue *function)
{
    struct mathrandom *state;

    if (run->written == NULL || !ttisCclosure(function) || clCvalue(function)->f != run->known->random) {
        return NULL;
    }
    state = (void *)getudatamem(uvalue(&clCvalue(function)->upvalue[0]));
    if (run->drawn == NULL) {
        run->drawn = state;
        run->drawn_before = *state;
    }
    return run->drawn == state ? state : NULL;
}

/* Calls the function at `function`, math.random, with the integers behind it. */
static bool draw(struct run *run, TValue *function, int count)
{
    const TValue *last = function + count;
    lua_Integer low = count == 2 && ttisinteger(function + 1) ? ivalue(function + 1) : 1;
    struct mathrandom *state;

    if (count < 1 || count > 2 || !ttisinteger(function + 1) || !ttisinteger(last) || low > ivalue(last)) {
        return false;
    }
    state = random_state(run, function);
    if (state != NULL) {
        setivalue(function, mathrandom_draw(state, low, ivalue(last)));
    }
    return state != NULL;
}

/* Is it a function that reads an integer? */
static inline bool is_reader(const struct run *run, const TValue *function)
{
    return ttislcf(function) &&
           (fvalue(function) == run->known->tointeger || fvalue(function) == run->known->tonumber);
}

/* Calls the function at `function` with as many values behind it. */
static inline bool call(struct run *run, TValue *function, int count)
{
    return count == 1 && is_reader(run, function) ? read_integer(function + 1, function)
                                                  : draw(run, function, count);
}

/* What a comparison says; UNSURE: only Lua knows. */
enum truth { UNTRUE, TRUE, UNSURE };

static enum truth equal(const TValue *a, const TValue *b)
{
    if (rawtt(a) == TEXT_TAG || rawtt(b) == TEXT_TAG) {
        struct eval_text left = text_of(a), right = text_of(b);

        return left.data != NULL && right.data != NULL && left.size == right.size &&
                       memcmp(left.data, right.data, left.size) == 0
                   ? TRUE
                   : UNTRUE;
    }
    if (rawtt(a) == RECORD_TAG || rawtt(b) == RECORD_TAG) {
        return UNSURE;
    }
    if (luaV_rawequalobj(a, b)) {
        return TRUE;
    }
    return ttypetag(a) == ttypetag(b) && (ttistable(a) || ttisfulluserdata(a)) ? UNSURE : UNTRUE;
}

/* Of integers: is the first less, or where `or_equal` says so not more, than the second? */
static enum truth less(const TValue *a, const TValue *b, bool or_equal)
{
    if (!ttisinteger(a) || !ttisinteger(b)) {
        return UNSURE;
    }
    return ivalue(a) < ivalue(b) || (or_equal && ivalue(a) == ivalue(b)) ? TRUE : UNTRUE;
}

static enum truth compare_any(OpCode operation, const TValue *a, const TValue *b)
{
    switch (operation) {
    case OP_EQ:
    case OP_EQK:
    case OP_EQI:
        return equal(a, b);
    case OP_LT:
    case OP_LTI:
        return less(a, b, false);
    case OP_LE:
    case OP_LEI:
        return less(a, b, true);
    case OP_GTI:
        return less(b, a, false);
    default: /* OP_GEI */
        return less(b, a, true);
    }
}

/* Is it arithmetic? Behind each such instruction is one for the metamethod. */
static inline bool is_arithmetic(OpCode operation)
{
    return operation >= OP_ADDI && operation <= OP_SHR;
}

/* Follows the jump at `pc`; NULL: it goes back, as loops do. */
static inline const Instruction *jump(const Instruction *pc)
{
    int distance = GETARG_sJ(*pc);

    return distance >= 0 ? pc + 1 + distance : NULL;
}

/* What follows a condition: the jump behind it, or what is behind that. */
static inline const Instruction *follow(const Instruction *next, Instruction i, bool truth)
{
    return truth == GETARG_k(i) ? jump(next) : next + 1;
}

#define A       (&run->registers[GETARG_A(i)])
#define B       (&run->registers[GETARG_B(i)])
#define C       (&run->registers[GETARG_C(i)])
#define B_KEPT  (&constants[GETARG_B(i)])
#define C_KEPT  (&constants[GETARG_C(i)])
#define UPVALUE AT(run->closure->upvals[GETARG_B(i)]->v)

/* Arithmetic. NULL: the metamethod is needed. */
static const Instruction *calculate(struct run *run, const Instruction *next, Instruction i)
{
    const TValue *constants = run->closure->p->k;
    const OpCode operation = GET_OPCODE(i);
    TValue number;
    bool done;

    setivalue(&number, GETARG_sC(i));
    switch (operation) {
    case OP_ADDI:
        done = arithmetic(run->L, OP_ADD, B, &number, A);
        break;
    case OP_SHRI:
        done = arithmetic(run->L, OP_SHR, B, &number, A);
        break;
    case OP_SHLI:
        done = arithmetic(run->L, OP_SHL, &number, B, A);
        break;
    default:
        done = arithmetic(run->L, operation, B, operation < OP_SHRI ? C_KEPT : C, A);
    }
    return done ? next + 1 : NULL;
}

/* Writes a value that Lua's collector has nothing to do with. */
static inline bool write_value(struct run *run, TValue *at, const TValue *value)
{
    if (run->written == NULL || run->write_count == WRITES || iscollectable(value) ||
        rawtt(value) == TEXT_TAG || rawtt(value) == RECORD_TAG) {
        return false;
    }
    run->written[run->write_count++] = (struct written){at, *at};
    setobj(run->L, at, value);
    return true;
}

/* to.key = value, where to has one already. */
static inline bool set_field(struct run *run, const TValue *to, const TValue *key, const TValue *value)
{
    const TValue *slot;

    if (!ttistable(to)) {
        return false;
    }
    slot = find_slot(hvalue(to), tsvalue(key));
    return !isempty(slot) && write_value(run, (TValue *)(uintptr_t)slot, value);
}

/* What follows a comparison. NULL: only Lua knows. */
static inline const Instruction *branch(const Instruction *next, Instruction i, enum truth truth)
{
    return truth != UNSURE ? follow(next, i, truth == TRUE) : NULL;
}

/* The same of an integer that is part of the instruction. */
static enum truth compare_number(OpCode operation, const TValue *value, int integer)
{
    TValue number;

    setivalue(&number, integer);
    return compare_any(operation, value, &number);
}

/* The same where what is compared are mostly integers. */
static inline const Instruction *compare(const Instruction *next, Instruction i, const TValue *a,
                                         const TValue *b)
{
    if (ttisinteger(a) && ttisinteger(b)) {
        return follow(next, i, GET_OPCODE(i) == OP_LT ? ivalue(a) < ivalue(b) : ivalue(a) <= ivalue(b));
    }
    return NULL;
}

/* Carries out one instruction that is not of the most common; NULL: it cannot be. */
static const Instruction *step(struct run *run, const Instruction *pc, Instruction i)
{
    const TValue *constants = run->closure->p->k;
    bool done = true;

    switch (GET_OPCODE(i)) {
    case OP_LOADK:
        *A = constants[GETARG_Bx(i)];
        break;
    case OP_LFALSESKIP:
        pc++;
        __attribute__((fallthrough));
    case OP_LOADFALSE:
        setbfvalue(A);
        break;
    case OP_LOADTRUE:
        setbtvalue(A);
        break;
    case OP_LOADNIL:
        for (int n = 0; n <= GETARG_B(i); n++) {
            setnilvalue(A + n);
        }
        break;
    case OP_GETTABLE:
        done = get_key(B, C, A);
        break;
    case OP_GETI:
        done = get_number(B, GETARG_C(i), A);
        break;
    case OP_SETUPVAL:
        done = write_value(run, UPVALUE, A);
        break;
    case OP_NOT:
        settt_(A, l_isfalse(B) ? LUA_VTRUE : LUA_VFALSE);
        break;
    case OP_LEN:
        done = get_length(B, A);
        break;
    case OP_CONCAT:
        done = join(run, A, GETARG_B(i));
        break;
    case OP_EQK:
        return branch(pc, i, equal(A, B_KEPT));
    case OP_EQ:
        return branch(pc, i, equal(A, B));
    case OP_LTI:
    case OP_LEI:
    case OP_GTI:
    case OP_GEI:
        return branch(pc, i, compare_number(GET_OPCODE(i), A, GETARG_sB(i)));
    case OP_TESTSET:
        if (l_isfalse(B) == GETARG_k(i)) {
            return pc + 1;
        }
        *A = *B;
        return jump(pc);
    default: /* arithmetic, or what Lua has to carry out */
        return is_arithmetic(GET_OPCODE(i)) ? calculate(run, pc, i) : NULL;
    }
    return done ? pc : NULL;
}

bool run_from(struct run *run, const Instruction *pc, struct eval_value *result)
{
    const TValue *const constants = run->closure->p->k;

    while (pc != NULL) {
        const Instruction i = *pc++;

        switch (GET_OPCODE(i)) {
        case OP_RETURN1:
            return set_result(result, A);
        case OP_RETURN0:
            *result = (struct eval_value){.kind = EVAL_NIL};
            return true;
        case OP_TAILCALL:
            return call(run, A, GETARG_B(i) - 1) && set_result(result, A);
        case OP_CALL:
            if (GETARG_C(i) != 2 || !call(run, A, GETARG_B(i) - 1)) {
                return false;
            }
            break;
        case OP_MOVE:
            *A = *B;
            break;
        case OP_LOADI:
            setivalue(A, GETARG_sBx(i));
            break;
        case OP_GETUPVAL:
            *A = *UPVALUE;
            break;
        case OP_GETTABUP:
        case OP_GETFIELD:
            if (!get_field(run, GET_OPCODE(i) == OP_GETFIELD ? B : UPVALUE, C_KEPT, A)) {
                return false;
            }
            break;
        case OP_SETFIELD:
            if (!set_field(run, A, B_KEPT, GETARG_k(i) ? C_KEPT : C)) {
                return false;
            }
            break;
        case OP_ADDI:
            if (!ttisinteger(B)) {
                return false;
            }
            setivalue(A, l_castU2S(l_castS2U(ivalue(B)) + l_castS2U(GETARG_sC(i))));
            pc++;
            break;
        case OP_ADD:
            if (!ttisinteger(B) || !ttisinteger(C)) {
                return false;
            }
            setivalue(A, l_castU2S(l_castS2U(ivalue(B)) + l_castS2U(ivalue(C))));
            pc++;
            break;
        case OP_MOD:
        case OP_MODK:
            pc = calculate(run, pc, i);
            break;
        case OP_JMP:
            pc = jump(pc - 1);
            break;
        case OP_TEST:
            pc = follow(pc, i, !l_isfalse(A));
            break;
        case OP_EQI:
            pc = ttisinteger(A) ? follow(pc, i, ivalue(A) == GETARG_sB(i))
                                : branch(pc, i, compare_number(OP_EQI, A, GETARG_sB(i)));
            break;
        case OP_LT:
        case OP_LE:
            pc = compare(pc, i, A, B);
            break;
        default:
            pc = step(run, pc, i);
        }
    }
    return false;
}
