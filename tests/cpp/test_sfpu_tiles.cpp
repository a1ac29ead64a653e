// Functions that look across a tile: running sums, reductions, broadcasts, statistics, rows that move. Random tiles of bf16
// values against double arithmetic.
#include "test_sfpu_bench.h"

#include <numeric>
#include <utility>

using namespace tw;
using namespace tw::sfpu_test;

namespace {

double row_sum(const Bench& t, uint32_t row, bool magnitudes = false) {
    double sum = 0;
    for (uint32_t col = 0; col < 32; ++col) sum += magnitudes ? std::abs(t.a(row, col)) : t.a(row, col);
    return sum;
}
double column_sum(const Bench& t, uint32_t col, bool magnitudes = false) {
    double sum = 0;
    for (uint32_t row = 0; row < 32; ++row) sum += magnitudes ? std::abs(t.a(row, col)) : t.a(row, col);
    return sum;
}

TileFunction reduction(const char* name, const char* meaning, double (*fold)(double, double)) {
    return {name, meaning,
            [fold](Bench& t, SfpuFunction run) {
                t.random.fill(t.tiles[0], -4, 4);
                const bool sums = fold(1, 1) == 2;
                for (uint32_t dim = 0; dim < 2; ++dim) {
                    run(t.call(dim, kOne));
                    for (uint32_t i = 0; i < 32; ++i) {
                        double want = dim ? t.a(0, i) : t.a(i, 0);
                        for (uint32_t k = 1; k < 32; ++k) want = fold(want, dim ? t.a(k, i) : t.a(i, k));
                        const double terms = sums ? (dim ? column_sum(t, i, true) : row_sum(t, i, true)) : std::abs(want);
                        t.compare(float_of(t.out[dim ? at(0, i) : at(i, 0)]), want, terms);
                    }
                }
            },
            1, 1};
}
TileFunction integer_reduction(const char* name, const char* meaning, uint32_t (*fold)(uint32_t, uint32_t)) {
    return {name, meaning,
            [fold](Bench& t, SfpuFunction run) {
                t.random.fill_integers(t.tiles[0], -2000000000, 2000000000);
                for (uint32_t dim = 0; dim < 2; ++dim) {
                    run(t.call(dim, kOne));
                    for (uint32_t i = 0; i < 32; ++i) {
                        uint32_t want = t.tiles[0][dim ? at(0, i) : at(i, 0)];
                        for (uint32_t k = 1; k < 32; ++k) want = fold(want, t.tiles[0][dim ? at(k, i) : at(i, k)]);
                        t.exact(t.out[dim ? at(0, i) : at(i, 0)], want);
                    }
                }
            },
            0, 0};
}
int32_t s(uint32_t v) {
    return static_cast<int32_t>(v);
}

TileFunction broadcast(const char* name, const char* meaning, double (*f)(double, double), bool normalize = false) {
    return {name, meaning,
            [f, normalize](Bench& t, SfpuFunction run) {
                for (Tile& tile : t.tiles) t.random.fill(tile, -4, 4);
                for (uint32_t dim = 1; dim <= 3; ++dim) {
                    run(t.call(dim));
                    for (uint32_t row = 0; row < 32; ++row) {
                        for (uint32_t col = 0; col < 32; ++col) {
                            const uint32_t r = dim == 1 ? row : 0, k = dim == 2 ? col : 0;
                            const double x = t.a(row, col), y = t.b(r, k), z = normalize ? t.c(r, k) : 1;
                            t.compare(float_of(t.out[at(row, col)]), f(x, y) * z,
                                      normalize ? (std::abs(x) + std::abs(y)) * std::abs(z)
                                                : std::max({std::abs(x), std::abs(y), std::abs(f(x, y))}));
                        }
                    }
                }
            },
            1, 1};
}

// Statistics of the columns of two tiles, which `steps` are to leave in the columns' states.
void check_statistics(Bench& t, const std::function<void(Bench&)>& steps) {
    t.random.fill(t.tiles[0], 8, 12);
    t.random.fill(t.tiles[1], 8, 12);
    steps(t);
    for (uint32_t col = 0; col < 32; ++col) {
        double mean = 0, m2 = 0;
        for (uint32_t row = 0; row < 32; ++row) mean += (double{t.a(row, col)} + t.b(row, col)) / 64;
        for (uint32_t row = 0; row < 32; ++row) m2 += std::pow(t.a(row, col) - mean, 2) + std::pow(t.b(row, col) - mean, 2);
        const bool fp32 = std::exchange(t.fp32, true);  // the states have 32 bits
        t.compare(t.columns[kMean * 32 + col], mean, mean);
        t.compare(t.columns[kSum * 32 + col], m2, m2);
        t.fp32 = fp32;
    }
}
constexpr uint32_t kAllRows = 32u << 16;
SfpuCall of_tile(Bench& t, uint32_t tile, uint32_t p0, uint32_t p2 = 0) {
    SfpuCall c = t.in_place(p0, kAllRows, p2);
    c.a = c.out = t.tiles[tile].data();
    return c;
}
void two_passes(Bench& t, bool dual) {
    function_named("shifted_sum")(of_tile(t, 0, 1, dual));
    function_named("shifted_sum")(of_tile(t, 1, 0, dual));
    SfpuCall mean = t.in_place(bits_of(1 / 64.0f), 1, dual);
    function_named("shifted_mean")(mean);
    function_named("centred_squares")(of_tile(t, 0, 0, dual));
    function_named("centred_squares")(of_tile(t, 1, 0, dual));
    if (dual) function_named("fold_sums")(t.in_place());
}
TileFunction statistics(const char* name, const char* meaning, bool dual = false) {
    return {name, meaning,
            [dual](Bench& t, SfpuFunction) { check_statistics(t, [dual](Bench& b) { two_passes(b, dual); }); }, 0, 32};
}

const std::vector<TileFunction>& functions() {
    static const std::vector<TileFunction> all = {
        {"cumsum", "sums down the rows, carried on",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], -4, 4);
             std::array<double, 32> sum{}, terms{};
             for (uint32_t tile = 0; tile < 2; ++tile) {
                 run(t.call(tile == 0));
                 for (uint32_t row = 0; row < 32; ++row) {
                     for (uint32_t col = 0; col < 32; ++col) {
                         sum[col] += t.a(row, col);
                         terms[col] += std::abs(t.a(row, col));
                         t.compare(float_of(t.out[at(row, col)]), sum[col], terms[col]);
                     }
                 }
             }
         },
         1, 2},
        {"ema", "0.75 y + 0.25 x down the rows",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], 1, 4);
             t.constants[0] = bits_of(0.75f);
             t.constants[1] = bits_of(0.25f);
             std::fill_n(t.columns, 32, 0.0f);
             run(t.in_place());
             for (uint32_t col = 0; col < 32; ++col) {
                 double y = 0;
                 for (uint32_t row = 0; row < 32; ++row) {
                     y = 0.75 * y + 0.25 * t.a(row, col);
                     t.compare(t.b(row, col), y, y);
                 }
             }
         },
         1, 4},
        reduction("reduce_sum", "sum of a row or column", [](double a, double b) { return a + b; }),
        reduction("reduce_max", "largest of a row or column", [](double a, double b) { return std::max(a, b); }),
        reduction("reduce_min", "least of a row or column", [](double a, double b) { return std::min(a, b); }),
        integer_reduction("reduce_sum_int", "sum, int32", [](uint32_t a, uint32_t b) { return a + b; }),
        integer_reduction("reduce_max_int", "largest, int32", [](uint32_t a, uint32_t b) { return s(a) > s(b) ? a : b; }),
        integer_reduction("reduce_min_int", "least, int32", [](uint32_t a, uint32_t b) { return s(a) < s(b) ? a : b; }),
        integer_reduction("reduce_max_uint", "largest, uint32", [](uint32_t a, uint32_t b) { return std::max(a, b); }),
        integer_reduction("reduce_min_uint", "least, uint32", [](uint32_t a, uint32_t b) { return std::min(a, b); }),
        broadcast("add_bcast", "a + column, row or element of b", [](double a, double b) { return a + b; }),
        broadcast("sub_bcast", "a - column, row or element of b", [](double a, double b) { return a - b; }),
        broadcast("mul_bcast", "a times column, row or element of b", [](double a, double b) { return a * b; }),
        broadcast(
            "normalize_bcast", "(a - b) c with b and c expanded", [](double a, double b) { return a - b; }, true),
        {"welford_update", "mean and M2 of 64 rows",
         [](Bench& t, SfpuFunction run) {
             std::fill_n(t.columns, kColumnStates * 32, 0.0f);
             check_statistics(t, [run](Bench& b) {
                 run(of_tile(b, 0, 0));
                 run(of_tile(b, 1, 32));
             });
         },
         0, 32},
        statistics("shifted_sum", "mean and M2 of 64 rows in two passes"),
        statistics("shifted_mean", "the same"),
        statistics("centred_squares", "the same"),
        statistics("fold_sums", "the same, odd rows summed apart", true),
        {"store_state_row", "the state times 1/32, to row 0",
         [](Bench& t, SfpuFunction run) {
             for (uint32_t i = 0; i < 32; ++i) t.columns[kSum * 32 + i] = t.random.number(1, 9);
             run(t.call(bits_of(1 / 32.0f), kSum));
             for (uint32_t col = 0; col < 32; ++col)
                 t.compare(float_of(t.out[at(0, col)]), t.columns[kSum * 32 + col] / 32.0, 1);
         },
         0, 0},
        {"store_state_lanes", "the state, to a group's lanes",
         [](Bench& t, SfpuFunction run) {
             for (uint32_t i = 0; i < 32; ++i) t.columns[kMean * 32 + i] = t.random.number(1, 9);
             run(t.call(kOne, kMean, 5));
             for (uint32_t col = 0; col < 32; ++col) t.exact(t.out[lane_at(5, col)], bits_of(t.columns[kMean * 32 + col]));
         },
         0, 0},
        {"load_state_lanes", "the state, from a group's lanes",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], 1, 9);
             run(t.call(0, kAnchor, 3));
             for (uint32_t col = 0; col < 32; ++col)
                 t.exact(bits_of(t.columns[kAnchor * 32 + col]), t.tiles[0][lane_at(3, col)]);
         },
         0, 0},
        {"store_split_mean", "anchor to row 0, anchor - mean to row 16",
         [](Bench& t, SfpuFunction run) {
             for (float& v : t.columns) v = t.random.number(1, 9);
             run(t.call());
             for (uint32_t col = 0; col < 32; ++col) {
                 const double anchor = t.columns[kAnchor * 32 + col], mean = t.columns[kMean * 32 + col];
                 t.compare(float_of(t.out[at(0, col)]), anchor, anchor);
                 t.compare(float_of(t.out[at(16, col)]), anchor - mean, anchor);
             }
         },
         1, 1},
        {"combine_block", "mean and M2 of two blocks, 32 and 64 rows",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], 1, 9);
             t.random.fill(t.tiles[1], 1, 9);
             for (float& v : t.columns) v = t.random.number(1, 9);
             const std::array<Tile, 4> before = t.tiles;
             std::array<double, 32> mean{}, m2{};
             for (uint32_t col = 0; col < 32; ++col) {
                 const double m = float_of(before[0][lane_at(0, col)]), d = t.columns[kMean * 32 + col] - m;
                 mean[col] = m + d * 64 / 96;
                 m2[col] = float_of(before[1][lane_at(0, col)]) + t.columns[kSum * 32 + col] + d * d * 32 * 64 / 96;
             }
             run(t.in_place(bits_of(1 / 96.0f), bits_of(64)));
             for (uint32_t col = 0; col < 32; ++col) {
                 t.compare(float_of(t.tiles[0][lane_at(0, col)]), mean[col], 9);
                 t.compare(float_of(t.tiles[1][lane_at(0, col)]), m2[col], m2[col]);
             }
         },
         1, 8},
        {"combine_columns", "mean and variance of all columns",
         [](Bench& t, SfpuFunction run) {
             for (float& v : t.columns) v = t.random.number(1, 9);
             double mean = 0, variance = 0;
             for (uint32_t col = 0; col < 32; ++col) mean += t.columns[kMean * 32 + col] / 32.0;
             for (uint32_t col = 0; col < 32; ++col)
                 variance += (std::pow(t.columns[kMean * 32 + col] - mean, 2) + t.columns[kSum * 32 + col] / 16.0) / 32;
             run(t.in_place(bits_of(1 / 16.0f), 2, 1));
             for (uint32_t i = 0; i < 16; ++i) {
                 t.compare(float_of(t.tiles[0][128 + i]), mean, mean);
                 t.compare(float_of(t.tiles[1][128 + i]), variance, variance);
             }
         },
         1, 8},
        {"rotate90", "(re, im) to (-im, re) of pairs of columns",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], -4, 4);
             run(t.call());
             for (uint32_t i = 0; i < kTileWords; i += 2) {
                 t.exact(t.out[i], t.tiles[0][i + 1] ^ 0x80000000u);
                 t.exact(t.out[i + 1], t.tiles[0][i]);
             }
         },
         0, 0},
        {"add_top_rows", "a + b of rows 0 to 3, truncated",
         [](Bench& t, SfpuFunction run) {
             for (Tile& tile : t.tiles) t.random.fill(tile, -4, 4);
             run(t.call());
             for (uint32_t row = 0; row < 4; ++row) {
                 for (uint32_t col = 0; col < 32; ++col)
                     t.compare(float_of(t.out[at(row, col)]), double{t.a(row, col)} + t.b(row, col), 4);
             }
         },
         1, 1},
        {"add_top_rows_int", "a + b of rows 0 to 3",
         [](Bench& t, SfpuFunction run) {
             for (Tile& tile : t.tiles) t.random.fill_integers(tile, -2000000000, 2000000000);
             run(t.call());
             for (uint32_t col = 0; col < 32; ++col)
                 t.exact(t.out[at(2, col)], t.tiles[0][at(2, col)] + t.tiles[1][at(2, col)]);
         },
         0, 0},
        {"lane_products", "products of a lane's eight values in a face",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], 0.5f, 2);
             const Tile before = t.tiles[0];
             SfpuCall call = t.in_place();
             call.faces = 1;
             run(call);
             for (uint32_t lane = 0; lane < 32; ++lane) {
                 double product = 1;
                 for (uint32_t i = 0; i < 8; ++i) {
                     const uint32_t word = at(i / 2 * 4 + lane / 8, lane % 8 * 2 + i % 2);
                     product *= float_of(before[word]);
                     t.compare(float_of(t.tiles[0][word]), product, product);
                 }
             }
         },
         1, 4},
        {"scatter_rows", "b[index[i]] += a[i]",
         [](Bench& t, SfpuFunction run) {
             for (Tile& tile : t.tiles) t.random.fill(tile, -4, 4);
             t.out = t.tiles[1];
             uint8_t index[32];
             for (uint32_t row = 0; row < 32; ++row) index[row] = row % 5 == 0 ? 255 : static_cast<uint8_t>(row * 7 % 32);
             SfpuCall call = t.call();
             call.l1 = index;
             run(call);
             for (uint32_t row = 0; row < 32; ++row) {
                 if (index[row] > 31) continue;
                 for (uint32_t col = 0; col < 32; ++col)
                     t.compare(float_of(t.out[at(index[row], col)]), double{t.a(row, col)} + t.b(index[row], col), 4);
             }
         },
         1, 1},
        {"triangle_solve", "L x = a, L a unit lower triangle in float32",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], -4, 4);
             t.random.fill(t.tiles[1], -0.25f, 0.25f);
             SfpuCall call = t.call();
             call.l1 = reinterpret_cast<const uint8_t*>(t.tiles[1].data());
             run(call);
             for (uint32_t col = 0; col < 32; ++col) {
                 std::array<double, 32> x{};
                 double largest = 0;
                 for (uint32_t row = 0; row < 32; ++row) {
                     x[row] = t.a(row, col);
                     for (uint32_t k = 0; k < row; ++k) x[row] -= t.b(row, k) * x[k];
                     largest = std::max(largest, std::abs(x[row]));
                     t.compare(float_of(t.out[at(row, col)]), x[row], largest);
                 }
             }
         },
         1, 16},
        {"max_with_indices", "largest of 9 rows, and its index",
         [](Bench& t, SfpuFunction run) {
             t.random.fill(t.tiles[0], -4, 4);
             std::iota(t.tiles[1].begin(), t.tiles[1].end(), 0u);
             const Tile before = t.tiles[0];
             run(t.in_place(9));
             for (uint32_t col = 0; col < 32; ++col) {
                 uint32_t best = 0;
                 for (uint32_t row = 1; row < 9; ++row) {
                     if (float_of(before[at(row, col)]) > float_of(before[at(best, col)])) best = row;
                 }
                 t.exact(t.tiles[0][at(0, col)], before[at(best, col)]);
                 t.exact(before[t.tiles[1][at(0, col)]], before[at(best, col)]);
             }
         },
         0, 0},
        {"rand", "uniform in [2, 5): mean 3.5, deviation 0.866",
         [](Bench& t, SfpuFunction run) {
             SfpuCall call = t.call(bits_of(2), bits_of(3));
             uint32_t seed = static_cast<uint32_t>(t.random.generator());
             call.random = &seed;
             run(call);
             double sum = 0, squares = 0;
             for (const uint32_t w : t.out) {
                 const double v = float_of(w);
                 if (!(v >= 2 && v < 5)) t.exact(0, 1);
                 sum += v / kTileWords;
                 squares += v * v / kTileWords;
             }
             if (std::abs(sum - 3.5) > 0.12 || std::abs(std::sqrt(squares - sum * sum) - 0.866) > 0.06) t.exact(0, 1);
         },
         0, 0},
    };
    return all;
}

}  // namespace

TEST_CASE("vector functions across a tile agree with double arithmetic") {
    check_functions(functions());
}
