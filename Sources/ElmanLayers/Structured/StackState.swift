import ElmanGraph
import ElmanTensor

/// A stack whose contents a recurrent network has read from the bottom up: a stack-LSTM (Dyer et al. 2015). It is a value: a
/// copy is a branch, and popping goes back to the state before, as a search over transitions needs it.
///
///     var stack = StackState(builder.initialState(in: graph))
///     stack.push(word)
///     let top = stack.pop()                       // the word; `summary` is what it was before
public struct StackState<Cell: RecurrentCell> {
    /// The state with nothing on the stack, then after each element.
    private var states: [RecurrentState<Cell>]
    /// The elements, bottom first.
    public private(set) var elements: [Expression] = []

    /// An empty stack, in the state of a network that has read nothing, or a mark of the bottom.
    public init(_ empty: RecurrentState<Cell>) { states = [empty] }

    /// How many elements there are.
    public var count: Int { elements.count }

    /// Whether there are no elements.
    public var isEmpty: Bool { elements.isEmpty }

    /// What the network says of the whole stack, `[hiddenSize]`; of an empty one, the output of the state it began with.
    public var summary: Expression { states[states.count - 1].output }

    /// The state on top.
    public var state: RecurrentState<Cell> { states[states.count - 1] }

    /// An element counted from the top, 0 being the top. Fails where there are fewer.
    public subscript(fromTop depth: Int) -> Expression {
        guard depth >= 0, depth < elements.count else { fail("element \(depth) of a stack of \(elements.count)") }
        return elements[elements.count - 1 - depth]
    }

    /// Puts an element `[inputSize]` on top.
    public mutating func push(_ element: Expression) {
        states.append(states[states.count - 1].addingInput(element))
        elements.append(element)
    }

    /// Takes the top element off. Fails for an empty stack.
    @discardableResult
    public mutating func pop() -> Expression {
        guard let element = elements.popLast() else { fail("an element is taken off an empty stack") }
        states.removeLast()
        return element
    }

    /// The stack with another element on top; this one stays as it is.
    public func pushing(_ element: Expression) -> StackState {
        var next = self
        next.push(element)
        return next
    }

    /// The stack without its top element; this one stays as it is.
    public func popping() -> StackState {
        var next = self
        next.pop()
        return next
    }
}
