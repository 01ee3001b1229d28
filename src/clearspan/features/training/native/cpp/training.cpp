// One training step of a dictionary whose activations are few: everything but the encoder's product, which is dense.
//
// The caller multiplies a block of the batch with the encoder, `collect` keeps what could be active, and so on to the
// end of the batch; `keep` settles what is active, `decode` reconstructs and finds the slope of every activation,
// `backward` sums the gradients of the weights. Rows of a batch, and then features, are divided among threads, and
// every sum is in the order of its rows: results do not depend on the number of threads.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

#include "pool.h"
#include "vec.h"

namespace {

using namespace clearspan;

constexpr int PATTERNS = 1 << 15;
constexpr int CHUNK = 64;  // rows of one partial sum of the decoder bias

struct Entry {
  int32_t feature;
  float value;
};

// What one thread found in consecutive rows.
struct Chunk {
  int first = 0;
  std::vector<Entry> entries;
  std::vector<int64_t> ends;
};

inline vf load_bf16(const uint16_t* from) {
  uint32_t bits[LANES];
  for (int i = 0; i < LANES; i++) bits[i] = static_cast<uint32_t>(from[i]) << 16;
  vf out;
  std::memcpy(&out, bits, sizeof(out));
  return out;
}

// To the nearest, ties to even; of finite numbers.
inline void store_bf16(uint16_t* to, vf value) {
  uint32_t bits[LANES];
  std::memcpy(bits, &value, sizeof(bits));
  for (int i = 0; i < LANES; i++) to[i] = static_cast<uint16_t>((bits[i] + 0x7fffu + ((bits[i] >> 16) & 1u)) >> 16);
}

inline int pattern(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  return static_cast<int>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

inline float smallest_of(int pattern) {
  // The smallest number that rounds to a pattern, or a little less: half a step below it.
  uint32_t bits = (static_cast<uint32_t>(pattern) << 16) - 0x8000u;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}

struct Trainer {
  Pool pool;
  int width, features;
  std::vector<std::vector<Chunk>> blocks;
  size_t used = 0;  // blocks of this batch; their memory is kept for the next
  std::vector<int64_t> counts;  // of patterns, a histogram a thread
  int rows = 0;
  std::vector<int64_t> starts;  // of rows in `active`
  std::vector<Entry> active;
  std::vector<float> slopes;             // of `active`
  std::vector<int64_t> feature_starts;   // of features in `order`
  std::vector<int32_t> row_of;           // of `active`, sorted by feature
  std::vector<std::pair<float, float>> value_slope;
  std::vector<float> bias_parts;

  Trainer(int threads, int width_, int features_) : pool(threads), width(width_), features(features_) {}
};

// A scan of 64 numbers at a time for those not below a limit; most groups hold none.
template <class Found>
inline void scan(const uint16_t* before, const float* bias, int features, float limit, const Found& found) {
  int f = 0;
  for (; f + 4 * LANES <= features; f += 4 * LANES) {
    vf v[4];
    for (int i = 0; i < 4; i++) v[i] = load_bf16(before + f + i * LANES) + load(bias + f + i * LANES);
#ifdef CLEARSPAN_AVX512
    uint64_t hits = 0;
    for (int i = 0; i < 4; i++)
      hits |= static_cast<uint64_t>(_mm512_cmp_ps_mask((__m512)v[i], _mm512_set1_ps(limit), _CMP_GE_OQ)) << (LANES * i);
    while (hits) {
      int at = __builtin_ctzll(hits);
      hits &= hits - 1;
      found(f + at, reinterpret_cast<const float*>(v)[at]);
    }
#else
    if (largest(maximum(maximum(v[0], v[1]), maximum(v[2], v[3]))) < limit) continue;
    float numbers[4 * LANES];
    std::memcpy(numbers, v, sizeof(numbers));
    for (int at = 0; at < 4 * LANES; at++)
      if (numbers[at] >= limit) found(f + at, numbers[at]);
#endif
  }
  for (; f < features; f++) {
    uint32_t bits = static_cast<uint32_t>(before[f]) << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    value += bias[f];
    if (value >= limit) found(f, value);
  }
}

inline void keep_largest(std::vector<Entry>& entries, size_t begin, int k, std::vector<int>& patterns) {
  if (entries.size() - begin <= static_cast<size_t>(k)) return;
  patterns.clear();
  for (size_t e = begin; e < entries.size(); e++) patterns.push_back(pattern(entries[e].value));
  std::nth_element(patterns.begin(), patterns.begin() + (k - 1), patterns.end(), std::greater<int>());
  int limit = patterns[k - 1];
  size_t kept = begin;
  for (size_t e = begin; e < entries.size(); e++)
    if (pattern(entries[e].value) >= limit) entries[kept++] = entries[e];
  entries.resize(kept);
}

// Shares of `count` for a thread, the same whatever the timing.
inline std::pair<int, int> part(int count, int thread, int threads) {
  return {static_cast<int>(static_cast<int64_t>(count) * thread / threads),
          static_cast<int>(static_cast<int64_t>(count) * (thread + 1) / threads)};
}

inline void add_scaled(float* to, const uint16_t* from, float by, int width) {
  int i = 0;
  for (; i + LANES <= width; i += LANES) store(to + i, fused(load_bf16(from + i), by, load(to + i)));
  for (; i < width; i++) {
    uint32_t bits = static_cast<uint32_t>(from[i]) << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    to[i] += value * by;
  }
}

inline float dot(const float* a, const uint16_t* b, int width) {
  vf first{}, second{};
  int i = 0;
  for (; i + 2 * LANES <= width; i += 2 * LANES) {
    first = fused(load(a + i), load_bf16(b + i), first);
    second = fused(load(a + i + LANES), load_bf16(b + i + LANES), second);
  }
  for (; i + LANES <= width; i += LANES) first = fused(load(a + i), load_bf16(b + i), first);
  float total = sum(first + second);
  for (; i < width; i++) {
    uint32_t bits = static_cast<uint32_t>(b[i]) << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    total += a[i] * value;
  }
  return total;
}

inline void to_bf16(uint16_t* to, const float* from, float by, int width) {
  int i = 0;
  for (; i + LANES <= width; i += LANES) store_bf16(to + i, load(from + i) * by);
  for (; i < width; i++) {
    float value = from[i] * by;
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    to[i] = static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
  }
}

void decode_row(Trainer& t, int row, const float* target, const uint16_t* decoder, const float* decoder_bias,
                const int32_t* prefixes, int prefix_count, float factor, float* errors, uint16_t* slopes,
                float* work) {
  const int width = t.width;
  const int64_t end = t.starts[row + 1];
  int64_t e = t.starts[row];
  // Errors of every prefix, each beginning as that of the one before it.
  for (int i = 0; i < width; i++) work[i] = target[i] - decoder_bias[i];
  for (int p = 0; p < prefix_count; p++) {
    float* left = work + static_cast<size_t>(p) * width;
    if (p) std::memcpy(left, left - width, width * sizeof(float));
    for (; e < end && t.active[e].feature < prefixes[p]; e++)
      add_scaled(left, decoder + static_cast<size_t>(t.active[e].feature) * width, -t.active[e].value, width);
  }
  std::memcpy(errors, work + static_cast<size_t>(prefix_count - 1) * width, width * sizeof(float));
  // A feature is part of its own prefix and of all longer ones.
  for (int p = prefix_count - 1; p >= 0; p--) {
    float* wrong = work + static_cast<size_t>(p) * width;
    if (p + 1 < prefix_count)
      for (int i = 0; i < width; i++) wrong[i] += wrong[width + i];
    const int from = p ? prefixes[p - 1] : 0;
    for (; e > t.starts[row] && t.active[e - 1].feature >= from; e--)
      t.slopes[e - 1] =
          factor * dot(wrong, decoder + static_cast<size_t>(t.active[e - 1].feature) * width, width);
    to_bf16(slopes + static_cast<size_t>(p) * width, wrong, factor, width);
  }
}

}  // namespace

extern "C" {

// Null where memory or threads are lacking.
void* trainer_open(int32_t threads, int32_t width, int32_t features) {
  try {
    return new Trainer(threads, width, features);
  } catch (const std::exception&) {
    return nullptr;
  }
}

void trainer_close(void* opened) { delete static_cast<Trainer*>(opened); }

void trainer_begin(void* opened) {
  Trainer& t = *static_cast<Trainer*>(opened);
  t.used = 0;
  t.rows = 0;
}

// Takes the next rows of the batch: keeps what does not round below the pattern `lowest`.
// `before`: bfloat16 of shape (rows, features), to which `bias` is yet to be added.
// `k`: if above 0, keeps the k largest of each row, of those above 0; `lowest` is then a guess of the smallest.
int32_t trainer_collect(void* opened, const uint16_t* before, int32_t rows, const float* bias, int32_t lowest,
                        int32_t k) {
  Trainer& t = *static_cast<Trainer*>(opened);
  const int threads = t.pool.threads();
  try {
    if (t.used == t.blocks.size()) t.blocks.emplace_back(threads);
  } catch (const std::exception&) {
    return 1;
  }
  std::vector<Chunk>& block = t.blocks[t.used++];
  std::atomic<int> failed{0};
  auto collect = [&](int place) {
    try {
      auto [begin, end] = part(rows, place, threads);
      Chunk& chunk = block[place];
      chunk.first = t.rows + begin;
      chunk.entries.clear();
      chunk.ends.clear();
      std::vector<int> patterns;
      for (int row = begin; row < end; row++) {
        const uint16_t* numbers = before + static_cast<size_t>(row) * t.features;
        const size_t first = chunk.entries.size();
        auto found = [&](int feature, float value) { chunk.entries.push_back({feature, value}); };
        // A row that holds too few is scanned again with a limit lower by a factor of √2.
        for (int limit = lowest;; limit = std::max(1, limit - 64)) {
          scan(numbers, bias, t.features, smallest_of(limit), found);
          if (limit == 1 || chunk.entries.size() - first >= static_cast<size_t>(k)) break;
          chunk.entries.resize(first);
        }
        if (k) keep_largest(chunk.entries, first, k, patterns);
        chunk.ends.push_back(static_cast<int64_t>(chunk.entries.size()));
      }
    } catch (const std::exception&) {
      failed = 1;
    }
  };
  t.pool.run([&](int) { t.pool.share(threads, 1, [&](int place, int) { collect(place); }); });
  t.rows += rows;
  return failed;
}

// How many of what was collected have each bfloat16 pattern: 32,768 counts.
void trainer_count(void* opened, int64_t* counts) {
  Trainer& t = *static_cast<Trainer*>(opened);
  std::fill(counts, counts + PATTERNS, 0);
  for (size_t b = 0; b < t.used; b++)
    for (const Chunk& chunk : t.blocks[b])
      for (const Entry& entry : chunk.entries) counts[pattern(entry.value)]++;
}

// Settles that what does not round below `limit` is active; returns how many that are, or -1 without memory.
int64_t trainer_keep(void* opened, int32_t limit) {
  Trainer& t = *static_cast<Trainer*>(opened);
  try {
    t.active.clear();
    t.starts.assign(1, 0);
    for (size_t b = 0; b < t.used; b++)
      for (const Chunk& chunk : t.blocks[b]) {
        size_t e = 0;
        for (int64_t end : chunk.ends) {
          for (; e < static_cast<size_t>(end); e++)
            if (pattern(chunk.entries[e].value) >= limit) t.active.push_back(chunk.entries[e]);
          t.starts.push_back(static_cast<int64_t>(t.active.size()));
        }
      }
    t.slopes.resize(t.active.size());
    t.row_of.resize(t.active.size());
    t.value_slope.resize(t.active.size());
    t.feature_starts.assign(t.features + 1, 0);
  } catch (const std::exception&) {
    return -1;
  }
  return static_cast<int64_t>(t.active.size());
}

// Reconstructs all rows.
// `target`: float32 (rows, width); `decoder`: bfloat16 (features, width).
// `prefixes`: rising, the last is the number of features; `factor`: -2 / positions in the batch.
// Out: `errors` float32 (rows, width), target − reconstruction by all; `slopes` bfloat16 (rows, prefixes, width), the
// slope of the loss at the reconstruction for the features of each prefix; `bias_slope` float32 (width).
int32_t trainer_decode(void* opened, const float* target, const uint16_t* decoder, const float* decoder_bias,
                       const int32_t* prefixes, int32_t prefix_count, float factor, float* errors, uint16_t* slopes,
                       float* bias_slope) {
  Trainer& t = *static_cast<Trainer*>(opened);
  const int width = t.width, chunks = (t.rows + CHUNK - 1) / CHUNK;
  const size_t portion = static_cast<size_t>(prefix_count) * width;
  std::vector<float> work;
  try {
    t.bias_parts.assign(static_cast<size_t>(chunks) * width, 0.0f);
    work.resize(portion * t.pool.threads());
  } catch (const std::exception&) {
    return 1;
  }
  t.pool.run([&](int thread) {
    float* own = work.data() + portion * thread;
    t.pool.share(chunks, 1, [&](int begin, int end) {
      for (int chunk = begin; chunk < end; chunk++) {
        float* sums = t.bias_parts.data() + static_cast<size_t>(chunk) * width;
        for (int row = chunk * CHUNK; row < std::min((chunk + 1) * CHUNK, t.rows); row++) {
          const size_t at = static_cast<size_t>(row) * width;
          decode_row(t, row, target + at, decoder, decoder_bias, prefixes, prefix_count, factor, errors + at,
                     slopes + at * prefix_count, own);
          for (int i = 0; i < width; i++) sums[i] += own[i];
        }
      }
    });
  });
  std::fill(bias_slope, bias_slope + width, 0.0f);
  for (int chunk = 0; chunk < chunks; chunk++)
    for (int i = 0; i < width; i++) bias_slope[i] += t.bias_parts[static_cast<size_t>(chunk) * width + i];
  for (int i = 0; i < width; i++) bias_slope[i] *= factor;
  return 0;
}

// Sums the gradients of the weights; all outputs are overwritten.
// `given`: bfloat16 (rows, width), what the encoder read; `slopes`: as `decode` wrote them.
// Out: `encoder`, `decoder` float32 (features, width), `encoder_bias` float32 and `fired` int64 (features).
void trainer_backward(void* opened, const uint16_t* given, const uint16_t* slopes, const int32_t* prefixes,
                      int32_t prefix_count, float* encoder, float* encoder_bias, float* decoder, int64_t* fired) {
  Trainer& t = *static_cast<Trainer*>(opened);
  const int width = t.width;
  auto& starts = t.feature_starts;
  for (const Entry& entry : t.active) starts[entry.feature + 1]++;
  for (int f = 0; f < t.features; f++) {
    fired[f] = starts[f + 1];
    starts[f + 1] += starts[f];
  }
  std::vector<int64_t>& next = starts;  // each start moves to its end, which is the start of the next feature
  for (int row = 0; row < t.rows; row++)
    for (int64_t e = t.starts[row]; e < t.starts[row + 1]; e++) {
      const int64_t at = next[t.active[e].feature]++;
      t.row_of[at] = row;
      t.value_slope[at] = {t.active[e].value, t.slopes[e]};
    }
  t.pool.run([&](int) {
    t.pool.share(t.features, 32, [&](int begin, int end) {
      for (int f = begin; f < end; f++) {
        float* reads = encoder + static_cast<size_t>(f) * width;
        float* writes = decoder + static_cast<size_t>(f) * width;
        std::fill(reads, reads + width, 0.0f);
        std::fill(writes, writes + width, 0.0f);
        int prefix = 0;
        while (prefix + 1 < prefix_count && f >= prefixes[prefix]) prefix++;
        float total = 0;
        for (int64_t e = starts[f] - fired[f]; e < starts[f]; e++) {
          const size_t row = t.row_of[e];
          const auto [value, slope] = t.value_slope[e];
          add_scaled(reads, given + row * width, slope, width);
          add_scaled(writes, slopes + (row * prefix_count + prefix) * width, value, width);
          total += slope;
        }
        encoder_bias[f] = total;
      }
    });
  });
}

struct Adam {
  float rate, first, second, epsilon;
  float first_correction, second_correction;  // 1 − decay ** (step + 1)
};

// One update of rows of weights, and their copy in bfloat16. `unit`: the rows keep norm 1, so that the gradient loses
// what would change it. The gradient is not changed.
void trainer_update(void* opened, float* weights, const float* gradient, float* first, float* second,
                    uint16_t* copy, int32_t rows, int32_t width, int32_t unit, const Adam* adam) {
  Trainer& t = *static_cast<Trainer*>(opened);
  const Adam a = *adam;
  const float pace = a.rate / a.first_correction, scale = 1.0f / std::sqrt(a.second_correction);
  t.pool.run([&](int) {
    t.pool.share(rows, 64, [&](int begin, int end) {
      for (int row = begin; row < end; row++) {
        const size_t at = static_cast<size_t>(row) * width;
        float* w = weights + at;
        const float* g = gradient + at;
        float along = 0;
        if (unit) {
          vf sums{};
          int i = 0;
          for (; i + LANES <= width; i += LANES) sums = fused(load(w + i), load(g + i), sums);
          along = sum(sums);
          for (; i < width; i++) along += w[i] * g[i];
        }
        double square = 0;
        vf squares{};
        int i = 0;
        auto one = [&](float& wi, float gi, float& mi, float& vi) {
          gi -= along * wi;
          mi = a.first * mi + (1 - a.first) * gi;
          vi = a.second * vi + (1 - a.second) * gi * gi;
          wi -= pace * mi / (std::sqrt(vi) * scale + a.epsilon);
        };
        for (; i + LANES <= width; i += LANES) {
          vf wi = load(w + i), gi = load(g + i) - wi * along;
          vf mi = load(first + at + i) * a.first + gi * (1 - a.first);
          vf vi = load(second + at + i) * a.second + gi * gi * (1 - a.second);
          store(first + at + i, mi);
          store(second + at + i, vi);
          wi -= mi * pace / (root(vi) * scale + a.epsilon);
          store(w + i, wi);
          squares += wi * wi;
        }
        square = sum(squares);
        for (; i < width; i++) {
          one(w[i], g[i], first[at + i], second[at + i]);
          square += static_cast<double>(w[i]) * w[i];
        }
        if (unit) {
          const float norm = 1.0f / static_cast<float>(std::sqrt(square));
          for (int j = 0; j < width; j++) w[j] *= norm;
        }
        if (copy) to_bf16(copy + at, w, 1.0f, width);
      }
    });
  });
}

}  // extern "C"
