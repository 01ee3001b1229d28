// One step of a decoder: tokens of many sequences in, logits and hidden states out.
//
// For models of Llama's kind: RMSNorm before each part, rotary positions over halves of a head, grouped queries,
// a gated feed-forward part with SiLU. Everything that a row computes depends on its own sequence alone.
#include <cstdlib>
#include <exception>
#include <vector>

#include "attention.h"
#include "linear.h"
#include "pack.h"
#include "pool.h"

using namespace clearspan;

extern "C" {

struct LayerSpec {
  Linear qkv, output, gate_up, down;
  const float *before_attention, *before_mlp;  // RMSNorm weights
  const float *query_norm, *key_norm;          // per head, or null
};

struct ModelSpec {
  int32_t width, layers, heads, kv_heads, head, inner, vocabulary, context, threads, rows;
  float epsilon;
  Linear embedding, unembedding;
  const float* last_norm;
  const float *cosines, *sines;  // (context, head / 2)
  const LayerSpec* layer;
};

struct DialSpec {
  int32_t layer, part;  // parts: 0 embedding, 1 attention, 2 mlp, 3 residual
  int32_t operation;    // 0 clamp, 1 add, 2 ablate
  int32_t gated;        // whether `threshold` applies
  float amount, bias, threshold, largest_norm;
  const float *encoder, *decoder;
};

struct Tap {
  int32_t layer, part;
  float* out;  // (tokens, width)
};

struct Entry {
  void* slot;
  const int32_t* tokens;
  int32_t count;
  int32_t logits;  // 0 none, 1 last, 2 all
  float* out;
  const DialSpec* dials;  // in the order of their sites
  int32_t dial_count;
  const Tap* taps;
  int32_t tap_count;
};
}

namespace {

enum Part { EMBEDDING = 0, ATTENTION = 1, MLP = 2, RESIDUAL = 3 };
constexpr int MOST_DIALS = 64;
constexpr int WIDEST = 16384;

struct Buffer {
  std::vector<char> bytes;
  char* next = nullptr;
  explicit Buffer(size_t size) : bytes(size + 64) {
    next = bytes.data() + (64 - reinterpret_cast<uintptr_t>(bytes.data()) % 64) % 64;
  }
  template <class T>
  T* cut(size_t count) {
    T* at = reinterpret_cast<T*>(next);
    next += (count * sizeof(T) + 63) / 64 * 64;
    return at;
  }
};

size_t digits_bytes(int inputs) {
  size_t groups = inputs / GROUP;
  return (2 + 2) * groups * GROUP + groups * 16 + 64 * 7;
}

struct Row {
  const Entry* entry;
  Slot* slot;
  int index;  // within the entry
  int position;
};

struct Model {
  ModelSpec spec;
  std::vector<LayerSpec> layers;
  Shape shape;
  Cache cache;
  Pool pool;
  Buffer buffer;
  float *x, *wide, *part;
  std::vector<Digits> digits;
  std::vector<float*> outs;
  std::vector<Row> rows;
  std::vector<float> scores;  // per thread
  size_t stride;
  int qkv, widest;

  explicit Model(const ModelSpec& s)
      : spec(s),
        layers(s.layer, s.layer + s.layers),
        shape{s.layers, s.heads, s.kv_heads, s.head},
        cache(shape),
        pool(s.threads),
        buffer(size_of(s)),
        digits(s.rows),
        outs(s.rows),
        rows(s.rows),
        stride((s.context + LANES - 1) / LANES * LANES) {
    spec.layer = layers.data();
    qkv = (s.heads + 2 * s.kv_heads) * s.head;
    widest = std::max({qkv, 2 * s.inner, s.width});
    x = buffer.cut<float>(static_cast<size_t>(s.rows) * s.width);
    part = buffer.cut<float>(static_cast<size_t>(s.rows) * std::max(s.width, s.heads * s.head));
    wide = buffer.cut<float>(static_cast<size_t>(s.rows) * widest);
    int inputs = most_inputs(s), groups = inputs / GROUP;
    for (auto& d : digits)
      d = {buffer.cut<int32_t>(groups * QUADS), buffer.cut<int32_t>(groups * QUADS),
           buffer.cut<int32_t>(2 * groups * QUADS), buffer.cut<float>(groups), buffer.cut<float>(groups),
           buffer.cut<int32_t>(groups), buffer.cut<int32_t>(groups)};
    scores.resize(static_cast<size_t>(s.threads) * MOST_QUERIES * stride);
  }

  static int most_inputs(const ModelSpec& s) { return std::max({s.width, s.inner, s.heads * s.head}); }
  static size_t size_of(const ModelSpec& s) {
    size_t wide = std::max({(s.heads + 2 * s.kv_heads) * s.head, 2 * s.inner, s.width});
    size_t part = std::max(s.width, s.heads * s.head);
    return s.rows * (4 * (s.width + wide + part) + digits_bytes(most_inputs(s))) + 1024;
  }

  float* x_of(int row) { return x + static_cast<size_t>(row) * spec.width; }
  float* wide_of(int row) { return wide + static_cast<size_t>(row) * widest; }
  float* part_of(int row) { return part + static_cast<size_t>(row) * std::max(spec.width, spec.heads * spec.head); }
};

float dot(const float* a, const float* b, int count) {
  vf acc = {};
  for (int i = 0; i < count; i += LANES) acc = fused(load(a + i), load(b + i), acc);
  return sum(acc);
}

void normalise(const float* x, const float* weight, int count, float epsilon, float* out) {
  float inverse = 1.0f / std::sqrt(dot(x, x, count) / count + epsilon);
  for (int i = 0; i < count; i += LANES) store(out + i, load(x + i) * inverse * load(weight + i));
}

// Reads every dial's activation before any of them moves the hidden state.
void turn(const Row& row, int layer, int part, float* h, int width) {
  const Entry& e = *row.entry;
  float shifts[MOST_DIALS];
  const DialSpec* found[MOST_DIALS];
  int count = 0;
  float norm = -1.0f;
  for (int i = 0; i < e.dial_count && count < MOST_DIALS; i++) {
    const DialSpec& d = e.dials[i];
    if (d.layer != layer || d.part != part) continue;
    if (norm < 0) norm = std::sqrt(dot(h, h, width));
    if (norm > d.largest_norm) continue;
    float activation = dot(d.encoder, h, width) + d.bias;
    if (d.gated && !(activation > d.threshold)) activation = 0.0f;
    float shift = d.operation == 1 ? d.amount : d.operation == 2 ? -activation : d.amount - activation;
    found[count] = &d;
    shifts[count++] = shift;
  }
  for (int i = 0; i < count; i++)
    for (int k = 0; k < width; k += LANES) store(h + k, fused(load(found[i]->decoder + k), shifts[i], load(h + k)));
  for (int i = 0; i < e.tap_count; i++)
    if (e.taps[i].layer == layer && e.taps[i].part == part)
      std::memcpy(e.taps[i].out + static_cast<size_t>(row.index) * width, h, sizeof(float) * width);
}

void rotate(float* v, const float* cosine, const float* sine, int head) {
  float* w = v + head / 2;
  for (int i = 0; i < head / 2; i += LANES) {
    vf a = load(v + i), b = load(w + i), c = load(cosine + i), s = load(sine + i);
    store(v + i, a * c - b * s);
    store(w + i, b * c + a * s);
  }
}

void gate(float* x, int inner) {
  for (int i = 0; i < inner; i += LANES) {
    vf g = load(x + i);
    store(x + i, g / (exponential(-g) + 1.0f) * load(x + inner + i));
  }
}

// Activations that enter queries, keys, values and the last product of the feed-forward part always have two digits:
// they have outliers, beside which one digit leaves too little of the rest. `D` is for the other two products.
template <int D>
class Step {
 public:
  Step(Model& model, int rows, int stop) : m(model), s(model.spec), count(rows), stop(stop) {}

  void run() {
    m.pool.run([this](int thread) { forward(thread); });
  }

 private:
  Model& m;
  const ModelSpec& s;
  int count, stop;

  template <class Body>
  void each_row(const Body& body) {
    m.pool.share(count, 1, [&](int first, int last) {
      for (int row = first; row < last; row++) body(row);
    });
  }

  template <int N>
  void multiply_all(const Linear& w) {
    int tiles = w.outputs / LANES;
    // Portions of whole sixes keep the wide kernels busy; enough of them keep the threads even.
    int portion = std::max(6, tiles / (4 * m.pool.threads()) / 6 * 6);
    m.pool.share(tiles, portion, [&](int first, int last) {
      multiply<N>(w, first, last, m.digits.data(), m.outs.data(), count);
    });
  }

  template <int N>
  void prepare(int row, const float* norm, float* out) {
    float normal[WIDEST];
    normalise(m.x_of(row), norm, s.width, s.epsilon, normal);
    to_digits<N>(normal, s.width, m.digits[row]);
    m.outs[row] = out;
  }

  void forward(int thread) {
    each_row([&](int row) {
      const Row& r = m.rows[row];
      row_of(s.embedding, r.entry->tokens[r.index], m.x_of(row));
      turn(r, -1, EMBEDDING, m.x_of(row), s.width);
      if (stop >= 0) prepare<2>(row, m.layers[0].before_attention, m.wide_of(row));
    });
    for (int layer = 0; layer <= stop; layer++) {
      const LayerSpec& w = m.layers[layer];
      multiply_all<2>(w.qkv);
      place(layer);
      attend(layer, thread);
      each_row([&](int row) {
        to_digits<D>(m.part_of(row), s.heads * s.head, m.digits[row]);
        m.outs[row] = m.wide_of(row);
      });
      multiply_all<D>(w.output);
      each_row([&](int row) {
        add(row, layer, ATTENTION);
        prepare<D>(row, w.before_mlp, m.wide_of(row));
      });
      multiply_all<D>(w.gate_up);
      each_row([&](int row) {
        gate(m.wide_of(row), s.inner);
        to_digits<2>(m.wide_of(row), s.inner, m.digits[row]);
        m.outs[row] = m.part_of(row);
      });
      multiply_all<2>(w.down);
      each_row([&](int row) {
        std::memcpy(m.wide_of(row), m.part_of(row), sizeof(float) * s.width);
        add(row, layer, MLP);
        turn(m.rows[row], layer, RESIDUAL, m.x_of(row), s.width);
        if (layer < stop) prepare<2>(row, m.layers[layer + 1].before_attention, m.wide_of(row));
      });
    }
  }

  void add(int row, int layer, int part) {
    float *h = m.wide_of(row), *x = m.x_of(row);
    turn(m.rows[row], layer, part, h, s.width);
    for (int i = 0; i < s.width; i += LANES) store(x + i, load(x + i) + load(h + i));
  }

  void place(int layer) {
    const LayerSpec& w = m.layers[layer];
    each_row([&](int row) {
      const Row& r = m.rows[row];
      float* q = m.wide_of(row);
      float *k = q + s.heads * s.head, *v = k + s.kv_heads * s.head;
      const float* cosine = s.cosines + static_cast<size_t>(r.position) * (s.head / 2);
      const float* sine = s.sines + static_cast<size_t>(r.position) * (s.head / 2);
      for (int head = 0; head < s.heads; head++) {
        float* at = q + head * s.head;
        if (w.query_norm) normalise(at, w.query_norm, s.head, s.epsilon, at);
        rotate(at, cosine, sine, s.head);
      }
      for (int kv = 0; kv < s.kv_heads; kv++) {
        float* at = k + kv * s.head;
        if (w.key_norm) normalise(at, w.key_norm, s.head, s.epsilon, at);
        rotate(at, cosine, sine, s.head);
        remember(*r.slot, m.shape, layer, kv, r.position, at, v + kv * s.head);
      }
    });
  }

  // A task is one head of keys for up to four rows of one sequence.
  void attend(int layer, int thread) {
    const int group = s.heads / s.kv_heads;
    const int together = std::max(1, std::min(4, MOST_QUERIES / group));
    float scale = 1.0f / std::sqrt(static_cast<float>(s.head));
    float* scores = m.scores.data() + static_cast<size_t>(thread) * MOST_QUERIES * m.stride;
    m.pool.share(count * s.kv_heads, s.kv_heads > 1 && count == 1 ? 1 : s.kv_heads, [&](int first, int last) {
      for (int task = first; task < last; task++) {
        int row = task / s.kv_heads, kv = task % s.kv_heads;
        const Row& r = m.rows[row];
        if (r.index % together) continue;
        const float* query[MOST_QUERIES];
        float* out[MOST_QUERIES];
        int counts[MOST_QUERIES], n = 0;
        for (int i = 0; i < together && r.index + i < r.entry->count; i++)
          for (int head = kv * group; head < (kv + 1) * group; head++, n++) {
            query[n] = m.wide_of(row + i) + head * s.head;
            out[n] = m.part_of(row + i) + head * s.head;
            counts[n] = r.position + i + 1;
          }
        attend_all(n, *r.slot, m.shape, layer, kv, query, counts, scale, scores, m.stride, out);
      }
    });
  }
};

// Logits of chosen rows, in portions of as many rows as the buffers hold.
void unembed(Model& m, const std::vector<std::pair<int, float*>>& wanted) {
  const ModelSpec& s = m.spec;
  m.pool.run([&](int) {
    m.pool.share(static_cast<int>(wanted.size()), 1, [&](int first, int last) {
      for (int i = first; i < last; i++) {
        float* normal = m.wide_of(i);
        normalise(m.x_of(wanted[i].first), s.last_norm, s.width, s.epsilon, normal);
        to_digits<2>(normal, s.width, m.digits[i]);
        m.outs[i] = wanted[i].second;
      }
    });
    m.pool.share(s.unembedding.outputs / LANES, 60, [&](int first, int last) {
      multiply<2>(s.unembedding, first, last, m.digits.data(), m.outs.data(), static_cast<int>(wanted.size()));
    });
  });
}

}  // namespace

extern "C" {

// Null where memory or threads are lacking.
void* model_open(const ModelSpec* spec) {
  try {
    return new Model(*spec);
  } catch (const std::exception&) {
    return nullptr;
  }
}
void model_close(void* model) { delete static_cast<Model*>(model); }

void* slot_open(void*) { return new Slot(); }
// A sequence with a copy of the cache of another; null where memory is lacking.
void* slot_fork(void* model, void* slot) {
  Model& m = *static_cast<Model*>(model);
  const Slot& from = *static_cast<Slot*>(slot);
  auto to = std::make_unique<Slot>();
  try {
    for (const auto& block : from.blocks) {
      to->blocks.push_back(m.cache.take());
      std::copy_n(block.get(), m.shape.block(), to->blocks.back().get());
    }
  } catch (const std::bad_alloc&) {
    m.cache.give_back(to->blocks);
    return nullptr;
  }
  to->length = from.length;
  return to.release();
}
// Keys and values, each (layers, key heads, count, head), in front of all that an empty sequence will read; 1 where
// memory is lacking.
int32_t slot_begin(void* model, void* opened, const float* k, const float* v, int32_t count) {
  Model& m = *static_cast<Model*>(model);
  Slot& slot = *static_cast<Slot*>(opened);
  const Shape& s = m.shape;
  try {
    while (static_cast<int>(slot.blocks.size()) * BLOCK < count) slot.blocks.push_back(m.cache.take());
  } catch (const std::bad_alloc&) {
    return 1;
  }
  for (int layer = 0; layer < s.layers; layer++)
    for (int kv = 0; kv < s.kv_heads; kv++)
      for (int at = 0; at < count; at++, k += s.head, v += s.head) remember(slot, s, layer, kv, at, k, v);
  slot.length = count;
  return 0;
}
void slot_close(void* model, void* slot) {
  static_cast<Model*>(model)->cache.give_back(static_cast<Slot*>(slot)->blocks);
  delete static_cast<Slot*>(slot);
}

// Appends the tokens of each entry. `stop` is the last layer that is computed; -1 computes the embedding alone.
// `digits` of 8 bits an activation: 2 for text; 1 reads many tokens faster, see `Step`.
// The caller keeps the sum of counts within `rows` of the model, lengths within the context, tokens within the
// vocabulary, and gives each slot once.
int32_t model_step(void* opened, const Entry* entries, int32_t entry_count, int32_t stop, int32_t digits) {
  Model& m = *static_cast<Model*>(opened);
  int count = 0;
  std::vector<std::pair<int, float*>> wanted;
  try {
    for (int e = 0; e < entry_count; e++) {
      const Entry& entry = entries[e];
      Slot* slot = static_cast<Slot*>(entry.slot);
      while (static_cast<int>(slot->blocks.size()) * BLOCK < slot->length + entry.count)
        slot->blocks.push_back(m.cache.take());
      for (int i = 0; i < entry.count; i++) {
        if (entry.logits == 2 || (entry.logits == 1 && i == entry.count - 1))
          wanted.emplace_back(count, entry.out + (entry.logits == 2 ? i * static_cast<size_t>(m.spec.vocabulary) : 0));
        m.rows[count++] = {&entry, slot, i, slot->length + i};
      }
    }
  } catch (const std::bad_alloc&) {
    return 1;
  }
  if (digits == 2) Step<2>(m, count, stop).run();
  else Step<1>(m, count, stop).run();
  if (!wanted.empty()) unembed(m, wanted);
  for (int e = 0; e < entry_count; e++) static_cast<Slot*>(entries[e].slot)->length += entries[e].count;
  return 0;
}
}
