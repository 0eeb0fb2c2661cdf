@_exported import ElmanFiles
@_exported import ElmanGraph
@_exported import ElmanLayers
@_exported import ElmanModels
@_exported import ElmanOptimizers
@_exported import ElmanTensor
@_exported import ElmanText
@_exported import ElmanTraining
