# One library target a folder of src/. Its public include path holds only its own folder, so a file
# can include "state/overlay.hpp" only if its target links cairn_state, directly or through others.

# Lets TARGET include "FOLDER/..." from SOURCE, a folder of the project.
function(cairn_include_path target folder source visibility)
  set(dir ${CMAKE_BINARY_DIR}/inc/${folder})
  file(MAKE_DIRECTORY ${dir})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${source} ${dir}/${folder} SYMBOLIC)
  target_include_directories(${target} ${visibility} ${dir})
endfunction()

# cairn_library(FOLDER [USES folder...] [LIBRARIES target...])
function(cairn_library folder)
  cmake_parse_arguments(ARG "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")  # a program's, not the library's
  list(TRANSFORM ARG_USES PREPEND cairn_)
  if(NOT sources)  # headers alone
    add_library(cairn_${folder} INTERFACE)
    cairn_include_path(cairn_${folder} ${folder} src/${folder} INTERFACE)
    target_link_libraries(cairn_${folder} INTERFACE ${ARG_USES} ${ARG_LIBRARIES})
    return()
  endif()
  add_library(cairn_${folder} STATIC ${sources})
  cairn_include_path(cairn_${folder} ${folder} src/${folder} PUBLIC)
  target_link_libraries(cairn_${folder} PUBLIC ${ARG_USES} ${ARG_LIBRARIES} PRIVATE cairn_warnings)
endfunction()
