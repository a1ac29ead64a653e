# find_package(tilewright): the target tilewright::tilewright, the shared library with the headers of include/tilewright. The headers that
# kernels include lie beside the library, which finds them by itself.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/tilewright-targets.cmake)
