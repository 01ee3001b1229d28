// Products of sixteen outputs at a time: with AVX-512-VNNI, and as GCC and Clang lower it where nothing better is known.
#pragma once

#include "linear.h"

namespace clearspan {

#ifdef CLEARSPAN_VNNI
constexpr int MOST_TILES = 6, UNROLLED = 8;
#else
// Without the instruction a product is long: more of it at once takes a compiler minutes and gains nothing.
constexpr int MOST_TILES = 1, UNROLLED = 1;
#endif

// Outputs of T neighbouring tiles for M rows.
template <class F, int D, int T, int M>
inline void tiles(const Linear& w, int tile, const Digits* x, float* const* out) {
  constexpr int CHAINS = D + F::PLANES - 1;
  const int groups = w.inputs / GROUP;
  vf total[T][M];
  for (int t = 0; t < T; t++)
    for (int m = 0; m < M; m++) total[t][m] = w.bias ? load(w.bias + (tile + t) * LANES) : vf{};
  for (int g = 0; g < groups; g++) {
    vi acc[T][M][CHAINS] = {};
    const uint8_t* at[T];
    for (int t = 0; t < T; t++) {
      at[t] = w.numbers + (static_cast<size_t>(tile + t) * groups + g) * F::BYTES;
      __builtin_prefetch(at[t] + 4 * F::BYTES);
    }
#pragma GCC unroll UNROLLED
    for (int p = 0; p < QUADS; p++) {
      vi quad[T], below[T];
      for (int t = 0; t < T; t++) {
        quad[t] = F::quad(at[t], p);
        if constexpr (F::PLANES == 2) below[t] = F::quad(at[t] + F::BYTES / 2, p);
      }
      for (int m = 0; m < M; m++) {
        int32_t high = x[m].high[g * QUADS + p], low = D == 2 ? x[m].low[g * QUADS + p] : 0;
        for (int t = 0; t < T; t++) {
          acc[t][m][0] = dot4(acc[t][m][0], quad[t], high);
          if constexpr (D == 2) acc[t][m][1] = dot4(acc[t][m][1], quad[t], low);
          if constexpr (F::PLANES == 2) acc[t][m][D] = dot4(acc[t][m][D], below[t], high);
        }
      }
    }
    for (int t = 0; t < T; t++) {
      size_t index = static_cast<size_t>(tile + t) * groups + g;
      for (int m = 0; m < M; m++) {
        const vi* sums = acc[t][m];
        vi value = D == 2 ? (sums[0] << 8) + sums[1] : sums[0];
        total[t][m] = F::template end<D>(total[t][m], value, sums[F::PLANES == 2 ? D : 0],
                                         w.halves + index * F::HALVES, w.scales + index * F::SCALES, x[m], g);
      }
    }
  }
  for (int t = 0; t < T; t++)
    for (int m = 0; m < M; m++) store(out[m] + (tile + t) * LANES, total[t][m]);
}

template <class F, int D, int T, int M>
inline int tiles_from(const Linear& w, int first, int last, const Digits* x, float* const* out) {
  for (; first + T <= last; first += T) tiles<F, D, T, M>(w, first, x, out);
  return first;
}

// How many tiles go together was measured: enough sums at once to hide the latency of a product, few enough to stay in
// registers.
template <class F, int D>
void product(const Linear& w, int first, int last, const Digits* x, float* const* out, int rows) {
  int m = 0;
  for (; m + 4 <= rows; m += 4) {
    int t = first;
    if constexpr (MOST_TILES > 1) t = tiles_from<F, D, D == 2 ? 2 : 3, 4>(w, t, last, x + m, out + m);
    tiles_from<F, D, 1, 4>(w, t, last, x + m, out + m);
  }
  if constexpr (MOST_TILES > 1)
    for (; m + 2 <= rows; m += 2) {
      int t = tiles_from<F, D, 3, 2>(w, first, last, x + m, out + m);
      tiles_from<F, D, 1, 2>(w, t, last, x + m, out + m);
    }
  for (; m < rows; m++) {
    int t = first;
    if constexpr (MOST_TILES > 1) {
      t = tiles_from<F, D, 6, 1>(w, t, last, x + m, out + m);
      t = tiles_from<F, D, 2, 1>(w, t, last, x + m, out + m);
    }
    tiles_from<F, D, 1, 1>(w, t, last, x + m, out + m);
  }
}

}  // namespace clearspan
