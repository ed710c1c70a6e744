# Tracers in JavaScript: Duktape, as the one source file that Debian's duktape-dev brings for those who
# want settings of their own, as the static library `duktape`; and big-integer from npm, which geth's
# tracers know as bigInt, embedded beside it.
#
# The settings: errors are C++ exceptions, so that our functions may own what they like; code that
# loops asks cairn_js_is_over() from time to time; and recursion ends early enough for a thread's stack.
set(CAIRN_DUKTAPE /usr/share/duktape CACHE PATH "Where duktape.c is")
if(NOT EXISTS ${CAIRN_DUKTAPE}/duktape.c)
  message(FATAL_ERROR "Debian's duktape-dev is missing. Run `./x setup`, then configure again.")
endif()
set(big_integer ${CMAKE_SOURCE_DIR}/node_modules/big-integer/BigInteger.min.js)
if(NOT EXISTS ${big_integer})
  message(FATAL_ERROR "node_modules/big-integer is missing. Run `./x setup`, then configure again.")
endif()

set(duktape ${CMAKE_BINARY_DIR}/duktape)
configure_file(${CAIRN_DUKTAPE}/duktape.h ${duktape}/duktape.h COPYONLY)
file(READ ${CAIRN_DUKTAPE}/duk_config.h config)
file(CONFIGURE OUTPUT ${duktape}/duk_config.h @ONLY CONTENT "@config@
#ifndef CAIRN_DUKTAPE_SETTINGS
#define CAIRN_DUKTAPE_SETTINGS
#include <exception>
#include <stdexcept>
extern \"C\" int cairn_js_is_over(void* heap);
#undef DUK_USE_CPP_EXCEPTIONS
#define DUK_USE_CPP_EXCEPTIONS
#undef DUK_USE_INTERRUPT_COUNTER
#define DUK_USE_INTERRUPT_COUNTER
#undef DUK_USE_EXEC_TIMEOUT_CHECK
#define DUK_USE_EXEC_TIMEOUT_CHECK(heap) (cairn_js_is_over(heap) != 0)
#undef DUK_USE_NATIVE_CALL_RECLIMIT
#define DUK_USE_NATIVE_CALL_RECLIMIT 200
#undef DUK_USE_CALLSTACK_LIMIT
#define DUK_USE_CALLSTACK_LIMIT 2000
#undef DUK_USE_COMPILER_RECLIMIT
#define DUK_USE_COMPILER_RECLIMIT 500
#undef DUK_USE_REGEXP_COMPILER_RECLIMIT
#define DUK_USE_REGEXP_COMPILER_RECLIMIT 1000
#undef DUK_USE_REGEXP_EXECUTOR_RECLIMIT
#define DUK_USE_REGEXP_EXECUTOR_RECLIMIT 1000
#undef DUK_USE_JSON_ENC_RECLIMIT
#define DUK_USE_JSON_ENC_RECLIMIT 500
#undef DUK_USE_JSON_DEC_RECLIMIT
#define DUK_USE_JSON_DEC_RECLIMIT 500
#endif
")
# A regular expression that tries all ways ends after some tenths of a second, not after a minute.
file(READ ${CAIRN_DUKTAPE}/duktape.c source)
string(REPLACE "define DUK_RE_EXECUTE_STEPS_LIMIT 1000000000L" "define DUK_RE_EXECUTE_STEPS_LIMIT 5000000L"
  bounded "${source}")
if(bounded STREQUAL source)
  message(FATAL_ERROR "duktape.c has no DUK_RE_EXECUTE_STEPS_LIMIT of 10^9: see cmake/CairnDuktape.cmake")
endif()
file(CONFIGURE OUTPUT ${duktape}/duktape.cpp @ONLY CONTENT "@bounded@")

set(big_integer_source ${CMAKE_BINARY_DIR}/big_integer.S)
file(CONFIGURE OUTPUT ${big_integer_source} @ONLY CONTENT
".section .rodata
.global cairn_big_integer_begin
.global cairn_big_integer_end
cairn_big_integer_begin:
.incbin \"@big_integer@\"
cairn_big_integer_end:
.byte 0
.section .note.GNU-stack,\"\",%progbits
")
set_source_files_properties(${big_integer_source} PROPERTIES OBJECT_DEPENDS ${big_integer})

add_library(duktape STATIC ${duktape}/duktape.cpp ${big_integer_source})
target_include_directories(duktape SYSTEM PUBLIC ${duktape})
target_compile_options(duktape PRIVATE -w)  # not our code
if(CAIRN_SANITIZE)
  target_compile_options(duktape PRIVATE -fno-sanitize=all)
endif()
