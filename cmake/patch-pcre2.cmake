# Writes OUTPUT, pcre2_match.c of PCRE2 (INPUT) with our change: a match counts its steps, and ends when it may take no
# more (src/regex/steps.h says how). Its own limit of calls says nothing about time: one call may pass over the whole text.
#
# Counted is where an opcode begins, with how far the text was passed over since the last one, and what an opcode may
# repeat without going on in the text.

file(READ ${INPUT} text)

# change(OLD NEW): in `text`
function(change old new)
  string(REPLACE "${old}" "${new}" changed "${text}")
  if(changed STREQUAL text)
    message(FATAL_ERROR "${INPUT} has no \"${old}\": it is not of a PCRE2 that lure knows")
  endif()
  set(text "${changed}" PARENT_SCOPE)
endfunction()

change([[#include "pcre2_internal.h"]] [[#include "pcre2_internal.h"
#include "regex/steps.h"
#define STEP(units) REGEX_STEP((struct regex_steps *)mb->callout_data, units, PCRE2_ERROR_MATCHLIMIT)
#define COUNT(units) REGEX_COUNT((struct regex_steps *)mb->callout_data, units)
#define PASSED (Feptr > passed_ ? Feptr - passed_ : passed_ - Feptr)]])
change([[heapframe *F;           /* Current frame pointer */]] [[heapframe *F;           /* Current frame pointer */
PCRE2_SPTR passed_ = start_eptr;]])
# an opcode, and the end of one that failed
change([[  Fop = (uint8_t)(*Fecode);  /* Cast needed for 16-bit and 32-bit modes */]]
       [[  STEP(REGEX_UNITS_OF_OPCODE + PASSED);
  passed_ = Feptr;
  Fop = (uint8_t)(*Fecode);  /* Cast needed for 16-bit and 32-bit modes */]])
change([[RETURN_SWITCH:
]] [[RETURN_SWITCH:
STEP(PASSED);
passed_ = Feptr;
]])
# frames have all captures
change([[memcpy((char *)N + offsetof(heapframe, eptr),]] [[STEP(frame_copy_size / 8);
memcpy((char *)N + offsetof(heapframe, eptr),]])
change([[  memcpy(new, match_data->heapframes, usedsize);
]] [[  COUNT(usedsize / 4);
  memcpy(new, match_data->heapframes, usedsize);
]])
# searches for the frame of a group
change([[        offset = P->last_group_offset;]] [[        STEP(REGEX_UNITS_OF_OPCODE);
        offset = P->last_group_offset;]])
# a reference to a group; which of those of the same name is set
change([[length = Fovector[offset+1] - Fovector[offset];

]] [[length = Fovector[offset+1] - Fovector[offset];
COUNT(length);

]])
change([[    case OP_DNREF:
    case OP_DNREFI:
]] [[    case OP_DNREF:
    case OP_DNREFI:
    STEP(4 * GET2(Fecode, 1 + IMM2_SIZE));
]])
change([[        int count = GET2(Fecode, 1 + IMM2_SIZE);]] [[        int count = GET2(Fecode, 1 + IMM2_SIZE);
        COUNT(4 * count);]])
# a character in a long class; of those that are made of several
change([[if (!PRIV(xclass)(]] [[STEP(8 + (Fecode - Lxclass_data)); if (!PRIV(xclass)(]])
change([[if (!PRIV(eclass)(]] [[STEP(8 + 4 * Leclass_len); if (!PRIV(eclass)(]])
change([[Feptr = PRIV(extuni)(]] [[STEP(32 + (Feptr - mb->check_subject) / 2); Feptr = PRIV(extuni)(]])
change([[      if (!PRIV(script_run)(]] [[      STEP(16 * (Feptr - P->eptr)); if (!PRIV(script_run)(]])
file(WRITE ${OUTPUT} "${text}")
