// Enumerations with upstream's names and values (docs/upstream-api.md H3).
#include "bind/bind.h"
#include "device/chip.h"
#include "device/device.h"
#include "program/descriptors.h"
#include "tensor/data_type.h"
#include "tensor/host_data.h"
#include "tensor/memory_config.h"
#include "tensor/tensor.h"

namespace tw::bind {
namespace {

void bind_data_types(nb::module_& m) {
    nb::enum_<DataType>(m, "DataType")
        .value("BFLOAT16", DataType::BFLOAT16)
        .value("FLOAT32", DataType::FLOAT32)
        .value("UINT32", DataType::UINT32)
        .value("BFLOAT8_B", DataType::BFLOAT8_B)
        .value("BFLOAT4_B", DataType::BFLOAT4_B)
        .value("UINT8", DataType::UINT8)
        .value("UINT16", DataType::UINT16)
        .value("INT32", DataType::INT32)
        .value("FP8_E4M3", DataType::FP8_E4M3)
        .value("INT8", DataType::INT8)
        .value("INVALID", DataType::INVALID);
    nb::enum_<DataFormat>(m, "DataFormat")
        .value("Float32", DataFormat::Float32)
        .value("Float16", DataFormat::Float16)
        .value("Bfp8", DataFormat::Bfp8)
        .value("Bfp4", DataFormat::Bfp4)
        .value("Tf32", DataFormat::Tf32)
        .value("Float16_b", DataFormat::Float16_b)
        .value("Bfp8_b", DataFormat::Bfp8_b)
        .value("Bfp4_b", DataFormat::Bfp4_b)
        .value("Int32", DataFormat::Int32)
        .value("UInt16", DataFormat::UInt16)
        .value("Lf8", DataFormat::Lf8)
        .value("Bfp2", DataFormat::Bfp2)
        .value("Int8", DataFormat::Int8)
        .value("Bfp2_b", DataFormat::Bfp2_b)
        .value("UInt32", DataFormat::UInt32)
        .value("Fp8_e4m3", DataFormat::Fp8_e4m3)
        .value("UInt8", DataFormat::UInt8)
        .value("Invalid", DataFormat::Invalid);
    nb::enum_<HostType>(m, "HostType")
        .value("Float32", HostType::Float32)
        .value("Float64", HostType::Float64)
        .value("Float16", HostType::Float16)
        .value("BFloat16", HostType::BFloat16)
        .value("Int8", HostType::Int8)
        .value("Int16", HostType::Int16)
        .value("Int32", HostType::Int32)
        .value("Int64", HostType::Int64)
        .value("UInt8", HostType::UInt8)
        .value("UInt16", HostType::UInt16)
        .value("UInt32", HostType::UInt32)
        .value("UInt64", HostType::UInt64)
        .value("Bool", HostType::Bool);
}

void bind_tensor_enums(nb::module_& m) {
    nb::enum_<Layout>(m, "Layout")
        .value("ROW_MAJOR", Layout::ROW_MAJOR)
        .value("TILE", Layout::TILE)
        .value("INVALID", Layout::INVALID);
    nb::enum_<TensorMemoryLayout>(m, "TensorMemoryLayout")
        .value("INTERLEAVED", TensorMemoryLayout::INTERLEAVED)
        .value("HEIGHT_SHARDED", TensorMemoryLayout::HEIGHT_SHARDED)
        .value("WIDTH_SHARDED", TensorMemoryLayout::WIDTH_SHARDED)
        .value("BLOCK_SHARDED", TensorMemoryLayout::BLOCK_SHARDED)
        .value("ND_SHARDED", TensorMemoryLayout::ND_SHARDED);
    nb::enum_<BufferType>(m, "BufferType")
        .value("DRAM", BufferType::DRAM)
        .value("L1", BufferType::L1)
        .value("L1_SMALL", BufferType::L1_SMALL)
        .value("TRACE", BufferType::TRACE);
    nb::enum_<ShardOrientation>(m, "ShardOrientation")
        .value("ROW_MAJOR", ShardOrientation::ROW_MAJOR)
        .value("COL_MAJOR", ShardOrientation::COL_MAJOR);
    nb::enum_<ShardDistributionStrategy>(m, "ShardDistributionStrategy")
        .value("ROUND_ROBIN_1D", ShardDistributionStrategy::ROUND_ROBIN_1D)
        .value("GRID_2D", ShardDistributionStrategy::GRID_2D)
        .value("CONTIGUOUS_1D", ShardDistributionStrategy::CONTIGUOUS_1D);
    nb::enum_<ShardShapeAlignment>(m, "ShardShapeAlignment")
        .value("NONE", ShardShapeAlignment::NONE)
        .value("REQUIRED", ShardShapeAlignment::REQUIRED)
        .value("RECOMMENDED", ShardShapeAlignment::RECOMMENDED);
    nb::enum_<StorageType>(m, "StorageType").value("HOST", StorageType::HOST).value("DEVICE", StorageType::DEVICE);
}

void bind_program_enums(nb::module_& m) {
    nb::enum_<Arch>(m, "Arch").value("WORMHOLE_B0", Arch::WormholeB0).value("BLACKHOLE", Arch::Blackhole);
    nb::enum_<MathFidelity>(m, "MathFidelity")
        .value("LoFi", MathFidelity::LoFi)
        .value("HiFi2", MathFidelity::HiFi2)
        .value("HiFi3", MathFidelity::HiFi3)
        .value("HiFi4", MathFidelity::HiFi4)
        .value("Invalid", MathFidelity::Invalid);
    nb::enum_<UnpackToDestMode>(m, "UnpackToDestMode")
        .value("UnpackToDestFp32", UnpackToDestMode::UnpackToDestFp32)
        .value("Default", UnpackToDestMode::Default);
    nb::enum_<DataMovementProcessor>(m, "DataMovementProcessor")
        .value("RISCV_0", DataMovementProcessor::RISCV_0)
        .value("RISCV_1", DataMovementProcessor::RISCV_1)
        .value("RISCV_2", DataMovementProcessor::RISCV_2)
        .value("RISCV_3", DataMovementProcessor::RISCV_3)
        .value("RISCV_4", DataMovementProcessor::RISCV_4)
        .value("RISCV_5", DataMovementProcessor::RISCV_5)
        .value("RISCV_6", DataMovementProcessor::RISCV_6)
        .value("RISCV_7", DataMovementProcessor::RISCV_7);
    // NOC_0 and NOC_1 are other names of the same two members.
    nb::object noc = nb::enum_<NOC>(m, "NOC")
                         .value("RISCV_0_default", NOC::RISCV_0_default)
                         .value("RISCV_1_default", NOC::RISCV_1_default);
    noc.attr("NOC_0") = noc.attr("RISCV_0_default");
    noc.attr("NOC_1") = noc.attr("RISCV_1_default");
    nb::enum_<NOC_MODE>(m, "NOC_MODE")
        .value("DM_DEDICATED_NOC", NOC_MODE::DM_DEDICATED_NOC)
        .value("DM_DYNAMIC_NOC", NOC_MODE::DM_DYNAMIC_NOC);
    nb::enum_<CoreType>(m, "CoreType")
        .value("ARC", CoreType::Arc)
        .value("DRAM", CoreType::Dram)
        .value("TENSIX", CoreType::Tensix)
        .value("ETH", CoreType::Eth)
        .value("WORKER", CoreType::Worker);
    nb::enum_<KernelBuildOptLevel>(m, "KernelBuildOptLevel")
        .value("O0", KernelBuildOptLevel::O0)
        .value("O1", KernelBuildOptLevel::O1)
        .value("O2", KernelBuildOptLevel::O2)
        .value("O3", KernelBuildOptLevel::O3)
        .value("Os", KernelBuildOptLevel::Os)
        .value("Ofast", KernelBuildOptLevel::Ofast)
        .value("Oz", KernelBuildOptLevel::Oz);
}

}  // namespace

void bind_enums(nb::module_& m) {
    bind_data_types(m);
    bind_tensor_enums(m);
    bind_program_enums(m);
}

}  // namespace tw::bind
