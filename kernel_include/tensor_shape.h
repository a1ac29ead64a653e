// The shape of a tile in faces, as calls below the compute API pass it. Here shapes come with each circular buffer's
// format.
#pragma once

#include <cstdint>

namespace ckernel {

constexpr uint32_t MAX_FACE_R_DIM = 16, MAX_FACE_C_DIM = 16, MAX_NUM_FACES = 4;

struct TensorShape {
    uint8_t face_r_dim, face_c_dim, num_faces_r_dim, num_faces_c_dim;

    constexpr uint16_t total_row_dim() const { return static_cast<uint16_t>(face_r_dim * num_faces_r_dim); }
    constexpr uint16_t total_col_dim() const { return static_cast<uint16_t>(face_c_dim * num_faces_c_dim); }
    constexpr uint8_t total_num_faces() const { return static_cast<uint8_t>(num_faces_r_dim * num_faces_c_dim); }
};

// Two faces lie side by side.
constexpr TensorShape tensor_shape_from_num_faces(uint32_t face_r_dim = MAX_FACE_R_DIM,
                                                  uint32_t num_faces = MAX_NUM_FACES) {
    const uint8_t down = num_faces == 4 ? 2 : 1;
    return {static_cast<uint8_t>(face_r_dim), MAX_FACE_C_DIM, down, static_cast<uint8_t>(num_faces / down)};
}

}  // namespace ckernel
