// Threads that run one step together. Within a step they meet at barriers by spinning, because the parts between two
// barriers last microseconds; between steps they sleep.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace clearspan {

class Pool {
 public:
  explicit Pool(int threads) : threads_(threads) {
    try {
      for (int id = 1; id < threads; id++) workers_.emplace_back([this, id] { serve(id); });
    } catch (...) {
      // The system gives no more threads; those that run must end before this object does.
      stop();
      throw;
    }
  }

  ~Pool() { stop(); }

  int threads() const { return threads_; }

  // Runs `work(thread)` in every thread, the caller's included, and returns when all are done.
  void run(const std::function<void(int)>& work) {
    if (threads_ > 1) {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = &work;
      started_++;
    }
    wake_.notify_all();
    work(0);
    barrier();
  }

  // Waits until every thread is here; a thread that waits long lets others have the processor.
  void barrier() {
    if (threads_ == 1) return;
    unsigned round = round_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) == threads_ - 1) {
      arrived_.store(0, std::memory_order_relaxed);
      next_.store(0, std::memory_order_relaxed);
      round_.store(round + 1, std::memory_order_release);
      return;
    }
    for (int turn = 0; round_.load(std::memory_order_acquire) == round; turn++) {
      if (turn > SPINS) std::this_thread::yield();
      else pause();
    }
  }

  // Shares out [0, count) in portions; all threads must call it, with a barrier before the next call.
  template <class Body>
  void share(int count, int portion, const Body& body) {
    if (threads_ == 1) {
      if (count > 0) body(0, count);
      return;
    }
    for (;;) {
      int first = next_.fetch_add(portion, std::memory_order_relaxed);
      if (first >= count) return;
      body(first, std::min(first + portion, count));
    }
  }

 private:
  static constexpr int SPINS = 4000;

  static void pause() {
#if defined(__x86_64__)
    _mm_pause();
#endif
  }

  void stop() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

  void serve(int id) {
    unsigned seen = 0;
    for (;;) {
      const std::function<void(int)>* work;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return ending_ || started_ != seen; });
        if (ending_) return;
        seen = started_;
        work = work_;
      }
      (*work)(id);
      barrier();
    }
  }

  int threads_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  const std::function<void(int)>* work_ = nullptr;
  // Counters that pass their end: a busy server meets at two thousand million barriers in a day.
  unsigned started_ = 0;
  bool ending_ = false;
  std::atomic<unsigned> round_{0};
  std::atomic<int> arrived_{0}, next_{0};
};

}  // namespace clearspan
