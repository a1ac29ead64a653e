# Installs a build into a folder of its own and builds and runs examples/cpp with what is there and nothing else: the public headers
# must stand alone. cmake -DBUILD=<build folder> -DSOURCE=<repository> -DCXX=<compiler> -P installed_example.cmake
set(prefix ${BUILD}/installed)
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix}/tilewright COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

# A copy, so that no path of the source tree can be found by accident.
file(COPY ${SOURCE}/examples/cpp ${SOURCE}/examples/kernels DESTINATION ${prefix}/examples)
execute_process(COMMAND ${CMAKE_COMMAND} -S ${prefix}/examples/cpp -B ${prefix}/build -Dtilewright_ROOT=${prefix}/tilewright
                        -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS=-Wall\ -Wextra\ -Werror
                        COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${prefix}/build COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)

file(GLOB headers ${prefix}/tilewright/include/tilewright/*.h)
list(LENGTH headers count)
if(count LESS 5)
  message(FATAL_ERROR "only ${count} headers were installed")
endif()
foreach(header IN LISTS headers)
  file(STRINGS ${header} includes REGEX "^#include")
  list(FILTER includes EXCLUDE REGEX "<tilewright/|<[a-z]+>")
  if(includes)
    message(FATAL_ERROR "${header} includes what is not installed: ${includes}")
  endif()
  # Each alone.
  file(WRITE ${prefix}/alone.cpp "#include \"${header}\"\n")
  execute_process(COMMAND ${CXX} -std=c++20 -fsyntax-only -I${prefix}/tilewright/include ${prefix}/alone.cpp COMMAND_ERROR_IS_FATAL ANY)
endforeach()

execute_process(COMMAND ${prefix}/build/sigmoid RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
message(STATUS "${output}")
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the example ended with ${status}")
endif()
