# BLS12-381 and KZG commitments: the C sources of blst and c-kzg-4844 in the npm package c-kzg, pinned
# by package-lock.json, as the static library `ckzg`. The trusted set-up of Ethereum's ceremony is
# embedded beside it, so that the program needs no file at run time.
set(CAIRN_KZG ${CMAKE_SOURCE_DIR}/node_modules/c-kzg/deps)
if(NOT EXISTS ${CAIRN_KZG}/c-kzg/ckzg.c)
  message(FATAL_ERROR "node_modules/c-kzg is missing, which holds the sources of BLS12-381 and KZG. "
    "Run `./x setup`, then configure again.")
endif()
enable_language(ASM)

set(setup_source ${CMAKE_BINARY_DIR}/trusted_setup.S)
file(CONFIGURE OUTPUT ${setup_source} @ONLY CONTENT
".section .rodata
.global cairn_trusted_setup_begin
.global cairn_trusted_setup_end
cairn_trusted_setup_begin:
.incbin \"@CAIRN_KZG@/c-kzg/trusted_setup.txt\"
cairn_trusted_setup_end:
.byte 0
.section .note.GNU-stack,\"\",%progbits
")
set_source_files_properties(${setup_source} PROPERTIES
  OBJECT_DEPENDS ${CAIRN_KZG}/c-kzg/trusted_setup.txt)

add_library(ckzg STATIC ${CAIRN_KZG}/blst/src/server.c ${CAIRN_KZG}/blst/build/assembly.S
  ${CAIRN_KZG}/c-kzg/ckzg.c ${setup_source})
target_include_directories(ckzg SYSTEM PUBLIC ${CAIRN_KZG}/blst/bindings ${CAIRN_KZG}/c-kzg)
# __BLST_PORTABLE__: code with and without ADX, chosen at run time. Not our code, so no warnings and
# no sanitizers (its assembly could not be instrumented anyway), and never slower than -O2.
target_compile_definitions(ckzg PRIVATE __BLST_PORTABLE__)
target_compile_options(ckzg PRIVATE -w
  $<$<COMPILE_LANGUAGE:C>:-O2 -fno-builtin -fomit-frame-pointer>)
if(CAIRN_SANITIZE)  # a list with commas, which a generator expression would take apart
  target_compile_options(ckzg PRIVATE -fno-sanitize=all)
endif()
