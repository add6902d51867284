#include "lprefix.h"

#include "lua/arithmetic.h"

#include "lvm.h"

bool arithmetic(lua_State *L, OpCode operation, const TValue *left, const TValue *right, TValue *to)
{
    lua_Integer a, b;

    if (!ttisinteger(left) || !ttisinteger(right)) {
        return false;
    }
    a = ivalue(left);
    b = ivalue(right);
    switch (operation) {
    case OP_ADD:
    case OP_ADDK:
        a = intop(+, a, b);
        break;
    case OP_SUB:
    case OP_SUBK:
        a = intop(-, a, b);
        break;
    case OP_MUL:
    case OP_MULK:
        a = intop(*, a, b);
        break;
    case OP_MOD:
    case OP_MODK:
        if (b == 0) {
            return false;
        }
        a = a >= 0 && b > 0
                ? a % b
                : luaV_mod(L, a, b); /* the branch predictor cannot guess whether the remainder is 0 */
        break;
    case OP_IDIV:
    case OP_IDIVK:
        if (b == 0) {
            return false;
        }
        a = luaV_idiv(L, a, b);
        break;
    case OP_BAND:
    case OP_BANDK:
        a = intop(&, a, b);
        break;
    case OP_BOR:
    case OP_BORK:
        a = intop(|, a, b);
        break;
    case OP_BXOR:
    case OP_BXORK:
        a = intop(^, a, b);
        break;
    case OP_SHL:
        a = luaV_shiftl(a, b);
        break;
    case OP_SHR:
        a = luaV_shiftl(a, intop(-, 0, b));
        break;
    default:
        return false;
    }
    setivalue(to, a);
    return true;
}
